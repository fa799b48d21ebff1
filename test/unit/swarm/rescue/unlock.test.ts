import { expect } from 'chai';

import '../../../helpers/state-dir.js';
import { silentIo } from '../../../../src/base/io.js';
import { openSession } from '../../../../src/session.js';
import { unlockEngine } from '../../../../src/swarm/rescue/unlock.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';
import { FakeEngine, refuse, type Call } from '../../../helpers/fake-engine.js';
import { scratch } from '../../../helpers/scratch.js';

describe('unlocking a manager', () => {
  /** An engine that is locked until it gets this key. */
  function locked(key: string): FakeEngine {
    let state = 'locked';
    return new FakeEngine('m1', ({ path, body }: Call) => {
      if (path === '/info') return { Swarm: { LocalNodeState: state } };
      if ((body as { UnlockKey: string }).UnlockKey !== key) refuse(400, 'swarm could not be unlocked: invalid key provided');
      state = 'active';
      return undefined;
    });
  }

  async function session(...keys: readonly string[]) {
    const opened = openSession({ storePath: scratch(), io: silentIo, signal: new AbortController().signal });
    for (const key of keys) await opened.store.swarms.keepUnlockKey('web', key);
    return opened;
  }

  it('tries the newest key first, and older ones for a manager that was down when the key was changed', async () => {
    const engine = locked('old');
    await unlockEngine(await session('older', 'old', 'new'), 'web', engine);
    expect(engine.changes.map(({ body }) => body)).to.deep.equal([{ UnlockKey: 'new' }, { UnlockKey: 'old' }]);
  });

  it('says what to type when no key fits, and shows no key', async () => {
    const error = await failureOf(unlockEngine(await session('SWMKEY-1-x'), 'web', locked('other')));
    expect(error).to.include({ code: 'SWARM_LOCKED' });
    expect(hintOf(error)).to.equal('tsmachine swarm unlock web asks for the key');
    expect(`${error.message} ${String(error.stack)}`).to.not.contain('SWMKEY');
  });

  it('does not mistake an engine that fails for one that has another key', async () => {
    const engine = new FakeEngine('m1', () => refuse(500, 'disk is full'));
    const error = await failureOf(unlockEngine(await session('a', 'b'), 'web', engine));
    expect(error).to.include({ code: 'ENGINE_API' });
    expect(engine.changes).to.have.length(1);
  });
});
