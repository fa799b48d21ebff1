import { expect } from 'chai';

import { checkRestart } from '../../../../src/swarm/upkeep/restart.js';
import type { Node } from '../../../../src/swarm/engine/nodes.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';

const node = (hostname: string, more: Partial<Node> = {}): Node => ({
  id: `id-${hostname}`,
  hostname,
  role: 'worker',
  availability: 'active',
  labels: {},
  state: 'ready',
  message: '',
  address: '',
  leader: false,
  engineVersion: '',
  ...more,
});
const manager = (hostname: string, reachability: 'reachable' | 'unreachable' = 'reachable') =>
  node(hostname, { role: 'manager', reachability });
const check = (name: string, nodes: readonly Node[]) =>
  checkRestart('prod', name, nodes.find(({ hostname }) => hostname === name) ?? node('?'), nodes);

describe('the restart of a node', () => {
  it('is one of many as long as the other managers can decide', () => {
    expect(check('m1', [manager('m1'), manager('m2'), manager('m3')])).to.equal('kept');
    expect(check('w1', [manager('m1'), node('w1')])).to.equal('kept');
    expect(check('m3', [manager('m1'), manager('m2'), manager('m3', 'unreachable')]), 'the one that is down').to.equal('kept');
  });

  it('has a swarm of one or two managers wait: they never have one to spare', () => {
    expect(check('m1', [manager('m1'), node('w1')])).to.equal('paused');
    expect(check('m1', [manager('m1'), manager('m2')])).to.equal('paused');
  });

  it('is refused when a manager is missing already, with the numbers', async () => {
    const nodes = [manager('m1'), manager('m2'), manager('m3', 'unreachable')];
    const error = await failureOf(
      (async () => {
        await Promise.resolve();
        check('m1', nodes);
      })(),
    );
    expect(error.code).to.equal('SWARM_QUORUM');
    expect(error.message).to.equal(
      'Swarm "prod" would lose its quorum while m1 restarts: 1 of 3 managers reachable, 2 needed (now 2 of 3 managers reachable, 2 needed)',
    );
    expect(hintOf(error)).to.equal('Bring m3 back first, or take out what is lost for good: tsmachine swarm leave --force m3');
  });
});
