import { expect } from 'chai';

import { movingOf, waitUntilMoved, type Task } from '../../../../src/swarm/engine/tasks.js';
import { FakeEngine } from '../../../helpers/fake-engine.js';

const { signal } = new AbortController();
let ids = 0;
const task = (node: string | undefined, state: string, desired = 'running', more: Partial<Task> = {}): Task => ({
  id: String(ids++),
  service: 'web',
  slot: 1,
  ...(node === undefined ? {} : { node }),
  state,
  desired,
  ...more,
});
const were = [task('old', 'running')];
const left = (now: readonly Task[], nodeAnswers = true, before = were) => {
  const { waiting, stuck } = movingOf('old', before, now, nodeAnswers);
  return `${waiting.length} waiting, ${stuck.length} stuck`;
};

describe('tasks that are to leave a node', () => {
  it('are waited for until another of the same replica runs elsewhere', () => {
    expect(left(were)).to.equal('1 waiting, 0 stuck');
    expect(left([task('old', 'shutdown', 'shutdown'), task('new', 'starting')])).to.equal('1 waiting, 0 stuck');
    expect(left([task('old', 'shutdown', 'shutdown'), task('new', 'ready', 'ready')])).to.equal('1 waiting, 0 stuck');
    expect(left([task('old', 'shutdown', 'shutdown'), task('new', 'running', 'running', { slot: 2 }), task('new', 'running')])).to.equal(
      '0 waiting, 0 stuck',
    );
  });

  it('have to have ended on a node that answers, and only there', () => {
    const now = [task('old', 'running', 'shutdown'), task('new', 'running')];
    expect(left(now, true)).to.equal('1 waiting, 0 stuck');
    expect(left(now, false)).to.equal('0 waiting, 0 stuck');
  });

  it('are not waited for when the swarm has no node for them, or no wish for them', () => {
    const homeless = task(undefined, 'pending', 'running', { error: 'no suitable node (1 node not available for new tasks)' });
    expect(left([task('old', 'shutdown', 'shutdown'), homeless])).to.equal('0 waiting, 1 stuck');
    expect(left([task('old', 'shutdown', 'shutdown'), task(undefined, 'pending')]), 'not looked at by the scheduler yet').to.equal(
      '1 waiting, 0 stuck',
    );
    expect(left([task('old', 'shutdown', 'shutdown')]), 'scaled down').to.equal('0 waiting, 0 stuck');
    expect(left([]), 'service removed').to.equal('0 waiting, 0 stuck');
    expect(left([task('old', 'shutdown', 'shutdown'), task('new', 'complete', 'complete')]), 'a job').to.equal('0 waiting, 0 stuck');
  });

  it('are not waited for when what replaces them fails again and again, and the reason is told', () => {
    const gone = task('old', 'shutdown', 'shutdown');
    const missing = () => task('new', 'rejected', 'shutdown', { error: 'No such image: web:2' });
    const next = task('new', 'preparing');
    expect(left([gone, missing(), next]), 'one failure may pass').to.equal('1 waiting, 0 stuck');
    const failed = [missing(), missing()];
    expect(movingOf('old', were, [gone, ...failed, next], true)).to.deep.include({ stuck: were, why: ['No such image: web:2'] });
    const before = new Set(failed.map(({ id }) => id));
    expect(movingOf('old', were, [gone, ...failed, next], true, before), 'failures of long ago').to.deep.include({
      waiting: were,
      why: [],
    });
  });

  it('of a service on every node only have to end', () => {
    const { slot: _, ...global } = task('old', 'running');
    const { slot: __, ...elsewhere } = task('new', 'failed');
    expect(left([global, elsewhere], true, [global])).to.equal('1 waiting, 0 stuck');
    expect(left([{ ...global, state: 'shutdown', desired: 'shutdown' }, elsewhere], true, [global])).to.equal('0 waiting, 0 stuck');
  });

  it('are given up when their time is over, and told', async () => {
    const told: number[] = [];
    const engine = new FakeEngine('manager1', () => [
      { ID: '1', ServiceID: 'web', Slot: 1, NodeID: 'old', Status: { State: 'running' }, DesiredState: 'shutdown' },
    ]);
    const moving = await waitUntilMoved(engine, 'old', were, {
      nodeAnswers: true,
      old: new Set(),
      timeout: 50,
      signal,
      onProgress: (count) => {
        told.push(count);
      },
    });
    expect(moving.waiting).to.have.length(1);
    expect(told).to.deep.equal([1]);
  });
});
