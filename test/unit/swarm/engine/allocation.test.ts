import { expect } from 'chai';

import { findUnallocated } from '../../../../src/swarm/engine/allocation.js';
import { FakeEngine } from '../../../helpers/fake-engine.js';

describe('what a swarm has allocated nothing for', () => {
  const { signal } = new AbortController();
  const overlay = { Id: 'n1', Name: 'ingress', Driver: 'overlay' };
  const bare = { Id: 'n2', Name: 'ov', Driver: '' };
  const task = (id: string, state: string) => ({ ID: id, ServiceID: 's1', Status: { State: state } });

  /** An engine whose answers change from look to look. */
  function engine(looks: readonly { networks: readonly object[]; tasks: readonly object[] }[]): FakeEngine {
    const asked = { networks: 0, tasks: 0 };
    return new FakeEngine('m1', ({ path }) => {
      if (path === '/networks' || path === '/tasks') {
        const what = path === '/networks' ? 'networks' : 'tasks';
        return looks[Math.min(asked[what]++, looks.length - 1)]?.[what];
      }
      return { Spec: { Name: 'web' } };
    });
  }

  it('is nothing in a swarm that is well, which is looked at once', async () => {
    const well = engine([
      { networks: [overlay], tasks: [task('t1', 'running'), task('t2', 'pending')] },
      { networks: [bare], tasks: [task('t1', 'new')] },
    ]);
    expect(await findUnallocated(well, signal)).to.deep.equal({ networks: [], services: [] });
  });

  it('is not what has only just been made', async () => {
    const young = engine([
      { networks: [bare], tasks: [task('t1', 'new')] },
      { networks: [{ ...bare, Driver: 'overlay' }], tasks: [task('t1', 'assigned'), task('t2', 'new')] },
    ]);
    expect(await findUnallocated(young, signal)).to.deep.equal({ networks: [], services: [] });
  });

  it('is a network without a driver, and the tasks of a service that stay New', async () => {
    const stuck = engine([{ networks: [overlay, bare], tasks: [task('t1', 'new'), task('t2', 'new')] }]);
    expect(await findUnallocated(stuck, signal)).to.deep.equal({ networks: ['ov'], services: [{ name: 'web', tasks: 2 }] });
  });
});
