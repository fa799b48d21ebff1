import { plain } from '../../../../src/base/text.js';
import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { problemsOf, type SwarmFacts } from '../../../../src/swarm/status/problems.js';
import type { Node } from '../../../../src/swarm/engine/nodes.js';
import { known, member, membership, node } from './known.js';

const none: SwarmFacts = { services: [], moved: [] };
const now = Date.parse('2026-11-21');
const three = ['m1', 'm2', 'm3'].map((id) => node(id, { role: 'manager', leader: id === 'm1' }));
const machines = ['m1', 'm2', 'm3'].map((name) => member(name));
const problems = (nodes: readonly Node[], members = machines, facts: Partial<SwarmFacts> = {}, record = {}) =>
  problemsOf(known(nodes, members, record), { ...none, ...facts }, now).map(
    ({ level, message, fix }) => `${level}: ${plain(message)}${fix === undefined ? '' : `\n${plain(fix)}`}`,
  );

describe('what is wrong with a swarm', () => {
  it('is nothing', () => {
    expect(problems(three)).to.deep.equal([]);
  });

  const { membership: _, ...silent } = member('w');
  const down = node('w', { state: 'down' });
  const nodes: [why: string, found: Node, machine: typeof silent | undefined, said: RegExp][] = [
    [
      'its machine is stopped',
      down,
      { ...silent, state: 'Stopped' },
      /^fault: w is down: its machine is stopped\ntsmachine start w\nIf it is lost: tsmachine swarm replace w$/,
    ],
    [
      'its machine is no more',
      down,
      { name: 'w', unfinished: false },
      /^fault: w is down: the machine no longer exists\ntsmachine swarm leave --force w$/,
    ],
    [
      'its engine is silent',
      down,
      { ...silent, error: new TsmachineError('ENGINE_UNREACHABLE', 'no\nanswer') },
      /^fault: w is down: no answer\ntsmachine doctor w\n/,
    ],
    [
      'it is locked',
      down,
      member('w', { membership: membership({ state: 'locked' }) }),
      /^fault: w is locked\ntsmachine swarm unlock prod$/,
    ],
    [
      'it has left',
      down,
      member('w', { membership: membership({ state: 'inactive' }) }),
      /^fault: w is down: its engine is not in a swarm\ntsmachine swarm join --role worker w$/,
    ],
    [
      'its certificate has expired',
      down,
      member('w', { membership: membership({ state: 'error', error: 'x509: expired' }) }),
      /^fault: w is down: x509: expired\ntsmachine swarm leave --force w, then /,
    ],
    ['a port is blocked', down, member('w'), /^fault: w is down, although its engine answers\ntsmachine swarm check prod$/],
    [
      'the managers have not noticed',
      node('w'),
      { ...silent, state: 'Stopped' },
      /^fault: The machine of w is stopped, which the managers have not noticed yet\ntsmachine start w\n/,
    ],
    [
      'it is no machine',
      down,
      undefined,
      /^fault: Node w is down, and it is not a machine of this store\neval \$\(tsmachine env m1\)\ndocker node rm --force w$/,
    ],
  ];
  for (const [why, found, machine, said] of nodes) {
    it(`is a node that is down: ${why}`, () => {
      const [first, ...more] = problems([...three, found], machine ? [...machines, machine] : machines);
      expect(first).to.match(said);
      expect(more).to.deep.equal([]);
    });
  }

  it('is a lost quorum, before all else', () => {
    const lost = three.map((one, i) => (i === 0 ? one : node(one.id, { role: 'manager', reachability: 'unreachable' })));
    const [first, ...more] = problems(lost);
    expect(first).to.match(
      /^fault: Swarm "prod" has lost its quorum: 1 of 3 managers reachable, 2 needed\n.*tsmachine swarm recover prod$/,
    );
    expect(more).to.have.length(2);
  });

  it('is no lost quorum when a manager has no vote', () => {
    const { reachability: _, ...left } = node('w', { role: 'manager', state: 'unknown' });
    const all = problems([node('m1', { role: 'manager', leader: true }), left], [...machines, { ...silent, state: 'Stopped' }]);
    expect(all.map((text) => text.split('\n')[0])).to.deep.equal(['fault: w is unknown: its machine is stopped']);
  });

  it('is that no manager answers, with the hint of that error', () => {
    const trouble = new TsmachineError('SWARM_LOCKED', 'Swarm "prod" is locked on m1', { hint: 'tsmachine swarm unlock prod' });
    const locked = machines.map(({ name }) => member(name, { membership: membership({ state: 'locked' }) }));
    expect(problems([], locked, { trouble }, { m1: { role: 'manager' } })).to.deep.equal([
      'fault: Swarm "prod" is locked on m1\ntsmachine swarm unlock prod',
    ]);
  });

  it('is a machine that has not joined, or was not made', () => {
    const record = { w: { role: 'worker' } };
    expect(problems(three, [...machines, member('w', { membership: membership({ state: 'inactive' }) })], {}, record)[0]).to.match(
      /w is not a node of the swarm\ntsmachine swarm join --role worker w$/,
    );
    expect(problems(three, [...machines, { ...silent, unfinished: true }], {}, record)[0]).to.match(/creation of w was interrupted/);
  });

  it('is a service that is short of tasks; a job that is done is not', () => {
    const services = [
      { name: 'web', mode: 'replicated', running: 1, wanted: 3, completed: 0 },
      { name: 'db', mode: 'global', running: 3, wanted: 3, completed: 0 },
      { name: 'once', mode: 'replicated-job', running: 0, wanted: 2, completed: 2 },
    ];
    expect(problems(three, machines, { services })).to.deep.equal([
      'fault: Service web: 1 of 3 tasks are running\neval $(tsmachine env m1)\ndocker service ps web',
    ]);
  });

  it('is a network without addresses, and tasks that stay New', () => {
    const networking = {
      pools: ['10.30.0.0/24'],
      subnetSize: 24,
      networks: ['ov'],
      services: [
        { name: 'web', tasks: 2 },
        { name: 'db', tasks: 1 },
      ],
    };
    expect(problems(three, machines, { networking }).map((text) => text.split('\n')[0])).to.deep.equal([
      'fault: Network ov gets no addresses: the pool 10.30.0.0/24 may be used up, or its subnet overlaps another',
      'fault: Service web: 2 tasks stay New, because the swarm allocates nothing for it',
      'fault: Service db: 1 task stays New, because the swarm allocates nothing for it',
    ]);
    expect(problems(three, machines, { networking: { ...networking, networks: [], services: [] } })).to.deep.equal([]);
  });

  it('is a pool from which no network can be cut, once for all networks', () => {
    const networking = { pools: ['10.30.0.0/16'], subnetSize: 0, networks: ['ingress', 'ov'], services: [] };
    expect(problems(three, machines, { networking })).to.deep.equal([
      'fault: The address pool 10.30.0.0/16 of the swarm is cut into networks of /0, larger than the pool: ' +
        'no network can be made\nThe pool of a swarm cannot be changed. Make it anew: tsmachine swarm down --keep-machines prod, ' +
        'then tsmachine swarm init --name prod --default-addr-pool 10.30.0.0/16 m1',
    ]);
  });

  it('names machines in its commands, as far as they are known', () => {
    const w = node('w', { role: 'worker' });
    const all = problems([...three.slice(0, 2), w], [...machines, member('w')]);
    expect(all).to.deep.equal([
      'warning: 2 managers tolerate no more failures than 1: an odd number is better\ntsmachine swarm promote w, or tsmachine swarm demote m2',
    ]);
    const drained = three.map((one) => ({ ...one, availability: 'drain' as const }));
    expect(problems(drained)).to.deep.equal(['warning: No node accepts tasks\ntsmachine swarm activate m1 m2 m3']);
  });

  it('is a machine that has moved', () => {
    const [first] = problems(three, machines, { moved: [{ machine: 'm2', advertised: '192.0.2.1', addresses: ['192.0.2.9'] }] });
    expect(first).to.match(
      new RegExp(
        '^fault: The other nodes expect m2 at 192.0.2.1, but its host has 192.0.2.9\\n.*swarm up\\n' +
          'Otherwise: tsmachine swarm leave m2, then tsmachine swarm join --role manager m2$',
      ),
    );
  });

  it('may be only unwise', () => {
    const two = three
      .slice(0, 2)
      .map((one, i) => ({ ...one, availability: 'drain' as const, engineVersion: i === 0 ? '28.5.2' : '26.1.5' }));
    const all = problems(two, machines, { ca: { expires: new Date('2026-12-01'), rotating: true } }).map((text) =>
      text.replace(/\n.*/s, ''),
    );
    expect(all).to.deep.equal([
      'warning: The root CA is being replaced, and some nodes still have certificates of the old one',
      'warning: The root CA expires on 2026-12-01',
      'warning: 2 managers tolerate no more failures than 1: an odd number is better',
      'warning: The engines have different versions: 26.1.5, 28.5.2',
      'warning: No node accepts tasks',
    ]);
    expect(problems(three, machines, { ca: { expires: new Date('2026-11-01'), rotating: false } })[0]).to.match(
      /^fault: The root CA expired on 2026-11-01/,
    );
  });
});
