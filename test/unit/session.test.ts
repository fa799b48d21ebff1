import { expect } from 'chai';

import { silentIo } from '../../src/base/io.js';
import { openSession } from '../../src/session.js';

describe('openSession', () => {
  it('passes everything on that it is given', () => {
    const stop = new AbortController();
    const given = { io: { ...silentIo }, signal: stop.signal, env: { HOME: '/home/ann' }, secrets: { githubToken: 'token' } };
    const session = openSession({ storePath: '/srv/machines', ...given });
    expect(session).to.include(given);
    expect(session.store.root).to.equal('/srv/machines');
  });

  it('has no secrets and no deadline of its own', () => {
    const session = openSession({ env: { HOME: '/home/ann' } });
    expect(session.secrets).to.deep.equal({});
    expect(session.signal.aborted).to.equal(false);
    expect(session.store.root).to.equal('/home/ann/.docker/machine');
  });
});
