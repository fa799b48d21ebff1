import { expect } from 'chai';

import { checkDeparture, nodesAsSeen } from '../../../../../src/swarm/members/leave/departure.js';
import { orderOf } from '../../../../../src/swarm/members/leave/departures.js';
import type { Swarm } from '../../../../../src/swarm/reach/swarm.js';
import type { Node } from '../../../../../src/swarm/engine/nodes.js';
import { failureOf, hintOf } from '../../../../helpers/failure.js';

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
const manager = (hostname: string, reachability: 'reachable' | 'unreachable' = 'reachable', leader = false) =>
  node(hostname, {
    role: 'manager',
    reachability,
    leader,
    state: reachability === 'reachable' ? 'ready' : 'down',
  });
const check = (name: string, nodes: readonly Node[]) => {
  const leaving = nodes.find(({ hostname }) => hostname === name);
  if (!leaving) throw new Error(name);
  return checkDeparture('prod', name, leaving, nodes);
};
const refusal = (name: string, nodes: readonly Node[]) =>
  failureOf(
    (async () => {
      await Promise.resolve();
      check(name, nodes);
    })(),
  );

describe('the departure of a node', () => {
  const three = [manager('m1'), manager('m2'), manager('m3')];

  it('is one of many as long as the managers that stay can decide', () => {
    expect(check('m1', three)).to.equal('one');
    expect(check('m1', three.slice(0, 2))).to.equal('one');
    expect(check('m3', [manager('m1'), manager('m2'), manager('m3', 'unreachable')]), 'the one that is down').to.equal('one');
    expect(check('w1', [manager('m1'), node('w1')])).to.equal('one');
  });

  it('is refused when they could not, with the numbers and who is missing', async () => {
    const error = await refusal('m1', [manager('m1'), manager('m2'), manager('m3', 'unreachable')]);
    expect(error.code).to.equal('SWARM_QUORUM');
    expect(error.message).to.equal(
      'Swarm "prod" would lose its quorum without m1: 1 of 2 managers reachable, 2 needed (now 2 of 3 managers reachable, 2 needed)',
    );
    expect(hintOf(error)).to.equal('Start m3, or take out what is lost for good first: tsmachine rm m3');
  });

  it('of the last manager is refused while others need one', async () => {
    const error = await refusal('m1', [manager('m1'), node('w1'), node('w2')]);
    expect(error.code).to.equal('SWARM_QUORUM');
    expect(error.message).to.equal('m1 is the last manager of swarm "prod", and 2 other nodes (w1, w2) would have none');
    expect(hintOf(error)).to.contain('tsmachine swarm promote').and.to.contain('tsmachine swarm down prod');
  });

  it('of the last node ends the swarm; entries of nodes that are down do not keep it', () => {
    expect(check('m1', [manager('m1')])).to.equal('last');
    expect(check('m1', [manager('m1'), node('w1', { state: 'down' })])).to.equal('last');
  });
});

describe('managers that do not answer us', () => {
  it('are not counted on, whatever the others still believe of them', () => {
    const nodes = [manager('m1'), manager('m2'), manager('elsewhere'), node('w1')];
    const members = new Map([
      ['m1', { engine: {} }],
      ['m2', {}],
      ['w1', {}],
    ]) as unknown as Swarm['members'];
    const seen = nodesAsSeen({ nodes, members, machineOf: ({ hostname }) => (members.has(hostname) ? hostname : undefined) });
    expect(seen.map(({ reachability }) => reachability)).to.deep.equal(['reachable', 'unreachable', 'reachable', undefined]);
  });
});

describe('the order of departures', () => {
  const nodes = [manager('m1', 'reachable', true), manager('m2'), manager('m3', 'unreachable'), node('w1'), node('w2')];
  const order = (...names: string[]) => orderOf(names, (name) => nodes.find(({ hostname }) => hostname === name));

  it('has workers together first, then managers in turn: those that are down, the others, the leader', () => {
    expect(order('m1', 'w1', 'm2', 'm3', 'w2')).to.deep.equal({ together: ['w1', 'w2'], inTurn: ['m3', 'm2', 'm1'] });
  });

  it('takes a machine that is no node for a worker', () => {
    expect(order('new', 'm2')).to.deep.equal({ together: ['new'], inTurn: ['m2'] });
  });
});
