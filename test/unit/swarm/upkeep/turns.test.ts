import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { stopped } from '../../../../src/swarm/upkeep/rolling.js';
import { takeTurns } from '../../../../src/swarm/upkeep/turns.js';

/** Three managers and workers; `leader` may change while turns are taken. */
function swarm(leader = 'm1') {
  const log: string[] = [];
  const state = { leader, away: 0, most: 0 };
  const run = (
    names: readonly string[],
    { fails = [] as readonly string[], workersAtOnce = 1, after = (_name: string): void => undefined } = {},
  ) =>
    takeTurns(names, {
      workersAtOnce,
      now: (name) =>
        Promise.resolve({ name, role: name.startsWith('m') ? 'manager' : 'worker', leader: name === state.leader, well: true }),
      take: async (name) => {
        state.most = Math.max(state.most, ++state.away);
        await new Promise(setImmediate);
        state.away--;
        log.push(name);
        if (fails.includes(name)) throw new TsmachineError('ENGINE_START', `${name} does not start`, { hint: `look at ${name}` });
        after(name);
      },
    });
  return { log, state, run };
}

describe('turns of nodes', () => {
  const all = ['m1', 'm2', 'm3', 'w1', 'w2', 'w3'];

  it("come one at a time, the leader's last of the managers", async () => {
    const { log, state, run } = swarm();
    expect(await run(all)).to.deep.equal({ done: ['m2', 'm3', 'm1', 'w1', 'w2', 'w3'], failed: [], left: [] });
    expect([log, state.most]).to.deep.equal([['m2', 'm3', 'm1', 'w1', 'w2', 'w3'], 1]);
  });

  it('follow a leadership that moves meanwhile', async () => {
    const { state, run } = swarm('m3');
    const { done } = await run(all, {
      after: (name) => {
        if (name === 'm1') state.leader = 'm2';
      },
    });
    expect(done.slice(0, 3)).to.deep.equal(['m1', 'm3', 'm2']);
  });

  it('of as many workers at once as allowed, of managers never', async () => {
    const { state, run } = swarm();
    await run(['m1', 'm2', 'm3'], { workersAtOnce: 2 });
    expect(state.most).to.equal(1);
    await run(all, { workersAtOnce: 2 });
    expect(state.most).to.equal(2);
  });

  it('end at the first failure, with who is left', async () => {
    const { log, run } = swarm();
    const taken = await run(all, { fails: ['m3'] });
    expect(log).to.deep.equal(['m2', 'm3']);
    expect([taken.done, taken.failed.map(({ name }) => name), taken.left]).to.deep.equal([['m2'], ['m3'], ['m1', 'w1', 'w2', 'w3']]);
  });

  it("of workers that have begun are finished when another one's failed", async () => {
    const { log, run } = swarm();
    const { done, left } = await run(['w1', 'w2', 'w3'], { fails: ['w1'], workersAtOnce: 2 });
    expect([log, done, left]).to.deep.equal([['w1', 'w2'], ['w2'], ['w3']]);
  });

  it('that failed are told with what is done, what is not, and the command that goes on', async () => {
    const { run } = swarm();
    const { code, message, hint } = stopped(await run(all, { fails: ['m3'] }), 'tsmachine swarm upgrade prod');
    expect({ code, message, hint }).to.deep.equal({
      code: 'ENGINE_START',
      message: 'm3 does not start\nDone: m2. Not done: m3, m1, w1, w2, w3',
      hint: 'look at m3\nThen continue with the others: tsmachine swarm upgrade prod',
    });
    const none = stopped(await run(all, { fails: ['m2'] }), 'again');
    expect(none.message).to.contain('Nothing is done. Not done: m2, m1, m3');
  });
});
