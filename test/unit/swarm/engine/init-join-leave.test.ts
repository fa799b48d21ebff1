import { expect } from 'chai';

import { initSwarm, joinSwarm, leaveSwarm, type JoinRequest } from '../../../../src/swarm/engine/init-join-leave.js';
import { FakeEngine, refuse, type Call } from '../../../helpers/fake-engine.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';

const { signal } = new AbortController();
const request: JoinRequest = {
  role: 'worker',
  token: 'SWMTKN-secret',
  managers: ['192.0.2.1:2377'],
  availability: 'active',
  advertiseAddr: '192.0.2.2',
  signal,
};
const seen = new FakeEngine('manager1', () => ({
  ID: 'n2',
  Version: { Index: 1 },
  Spec: { Role: 'worker', Availability: 'active' },
  Status: { State: 'ready' },
}));

/** An engine that joins when asked, after it was looked at `looks` times, and then is in `state`. */
function joiner(looks: number, state = 'active', refusal?: string) {
  let left = -1;
  return new FakeEngine('worker1', ({ method, path }: Call) => {
    if (method === 'POST' && path === '/swarm/join') {
      left = looks;
      return refusal === undefined ? undefined : refuse(503, refusal);
    }
    const joined = left >= 0 && left-- === 0;
    return {
      Name: 'worker1',
      Swarm: joined
        ? { LocalNodeState: state, NodeID: 'n2', Error: state === 'error' ? 'x509: certificate has expired' : '' }
        : { LocalNodeState: 'pending' },
    };
  });
}

describe('joining a swarm', () => {
  it('always names literal addresses, and every manager', async () => {
    const engine = joiner(0);
    await joinSwarm(engine, seen, request);
    expect(engine.changes.map(({ body }) => body)).to.deep.equal([
      {
        AdvertiseAddr: '192.0.2.2',
        ListenAddr: '192.0.2.2:2377',
        DataPathAddr: '192.0.2.2',
        RemoteAddrs: ['192.0.2.1:2377'],
        JoinToken: 'SWMTKN-secret',
        Availability: 'active',
      },
    ]);
  });

  const listening: [given: string, sent: string][] = [
    ['eth1', 'eth1:2377'],
    ['192.0.2.9:12377', '192.0.2.9:12377'],
    ['2001:db8::1', '[2001:db8::1]:2377'],
    ['[2001:db8::1]', '[2001:db8::1]:2377'],
    ['[2001:db8::1]:12377', '[2001:db8::1]:12377'],
  ];
  for (const [listenAddr, sent] of listening) {
    it(`listens at ${sent} when told ${listenAddr}`, async () => {
      const engine = joiner(0);
      await joinSwarm(engine, seen, { ...request, listenAddr });
      expect(engine.changes[0]?.body).to.include({ ListenAddr: sent });
    });
  }

  it('goes on when the engine answers that it does so in the background', async () => {
    const words = 'Timeout was reached before node joined. The attempt to join the swarm will continue in the background.';
    expect(await joinSwarm(joiner(2, 'active', words), seen, request)).to.include({ state: 'active', nodeId: 'n2' });
  });

  it("fails with the engine's reason and what helps, and never tells the token", async () => {
    const refused = await failureOf(
      joinSwarm(joiner(0, 'active', 'rpc error: code = DeadlineExceeded desc = context deadline exceeded'), seen, request),
    );
    expect(refused.code).to.equal('SWARM_JOIN');
    expect(hintOf(refused)).to.equal('tsmachine swarm check shows which ports are blocked between the machines');
    const later = await failureOf(joinSwarm(joiner(1, 'error'), seen, request));
    expect(later.message).to.equal('worker1 could not join the swarm: x509: certificate has expired');
    expect(hintOf(later)).to.contain('Clocks');
    expect(refused.message + later.message).not.to.contain('secret');
  });

  it('takes away what a manager leaves that could not be reached, and stops trying', async () => {
    const node = (ID: string, more: object) => ({ ID, Version: { Index: 1 }, Spec: { Role: 'manager', Availability: 'active' }, ...more });
    let asked = 0;
    const manager = new FakeEngine('manager1', ({ method, path }: Call) => {
      if (method === 'DELETE' || path !== '/nodes') return undefined;
      const before = [node('n1', { ManagerStatus: { Reachability: 'reachable' } }), node('stale', {})];
      return asked++ === 0
        ? before
        : [
            ...before,
            node('phantom', { Description: { Hostname: 'worker1' } }),
            node('good', { ManagerStatus: { Reachability: 'reachable' } }),
          ];
    });
    const engine = joiner(0, 'active', 'could not connect to prospective new cluster member');
    expect(await failureOf(joinSwarm(engine, manager, { ...request, role: 'manager' }))).to.include({ code: 'SWARM_JOIN' });
    expect(manager.changes.map(({ method, path }) => `${method} ${path}`)).to.deep.equal(['DELETE /nodes/phantom']);
    expect(engine.changes.map(({ path }) => path)).to.deep.equal(['/swarm/join', '/swarm/leave']);
  });

  it('says what could not be taken away', async () => {
    let asked = 0;
    const manager = new FakeEngine('manager1', () => (asked++ === 0 ? [] : refuse(500, 'no leader')));
    const error = await failureOf(joinSwarm(joiner(0, 'active', 'refused'), manager, { ...request, role: 'manager' }));
    expect(error.message).to.equal('worker1 cannot join the swarm: refused');
    expect(hintOf(error)).to.match(/^What the attempt left behind could not be removed: .*no leader/);
  });

  it('sends traffic of containers to the address, without the port of the managers', async () => {
    const engine = joiner(0);
    await joinSwarm(engine, seen, { ...request, advertiseAddr: '192.0.2.2:12377' });
    expect(engine.changes[0]?.body).to.include({
      AdvertiseAddr: '192.0.2.2:12377',
      ListenAddr: '192.0.2.2:12377',
      DataPathAddr: '192.0.2.2',
    });
  });

  it('leaves what it is not in', async () => {
    await leaveSwarm(new FakeEngine('worker1', () => refuse(503, 'This node is not part of a swarm')), { force: true });
    const last = new FakeEngine('manager1', () =>
      refuse(503, 'You are attempting to leave the swarm on a node that is participating as a manager.'),
    );
    expect((await failureOf(leaveSwarm(last, { force: false }))).code).to.equal('ENGINE_API');
  });
});

describe('initialising a swarm', () => {
  it("says only what is wanted, so that the engine's defaults hold, and the length of a pool's networks, which has none", async () => {
    const engine = new FakeEngine('manager1', ({ path }) =>
      path === '/info' ? { Swarm: { LocalNodeState: 'active', NodeID: 'n1', Cluster: { ID: 'c1' } } } : 'n1',
    );
    const made = await initSwarm(engine, {
      advertiseAddr: '192.0.2.1',
      availability: 'drain',
      settings: { autolock: true, dataPathPort: 7789, defaultAddrPool: ['10.20.0.0/16'] },
    });
    expect(made).to.include({ cluster: 'c1', nodeId: 'n1' });
    expect(engine.changes[0]?.body).to.deep.equal({
      AdvertiseAddr: '192.0.2.1',
      ListenAddr: '192.0.2.1:2377',
      DataPathAddr: '192.0.2.1',
      ForceNewCluster: false,
      Availability: 'drain',
      DataPathPort: 7789,
      DefaultAddrPool: ['10.20.0.0/16'],
      SubnetSize: 24,
      Spec: { Orchestration: {}, Raft: {}, Dispatcher: {}, CAConfig: {}, EncryptionConfig: { AutoLockManagers: true } },
    });
  });
});
