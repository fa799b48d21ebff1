import { plain } from '../../../../src/base/text.js';
import { expect } from 'chai';

import { declare } from '../../../../src/swarm/model/declare.js';
import type { MemberDeclaration, SwarmDeclaration } from '../../../../src/swarm/model/declaration.js';
import type { Membership } from '../../../../src/swarm/engine/membership.js';
import type { Node } from '../../../../src/swarm/engine/nodes.js';
import { planSwarm as planInOrder, type SeenMachine, type SeenSwarm } from '../../../../src/swarm/plan/plan.js';
import { stepOrder, stepText } from '../../../../src/swarm/steps/steps.js';

const declared = (managers: number, workers: number): SwarmDeclaration =>
  declare({ name: 'p', managers, workers, driver: 'none', flags: {} }).declaration;

const with_ = (declaration: SwarmDeclaration, machine: string, change: Partial<MemberDeclaration>): SwarmDeclaration => ({
  ...declaration,
  members: declaration.members.map((member) => (member.machine === machine ? { ...member, ...change } : member)),
});

const roleOf = (name: string) => (name.includes('manager') ? ('manager' as const) : ('worker' as const));
const addressOf = (name: string) => `10.0.0.${name.length}${/\d+$/.exec(name)?.[0] ?? ''}`;

function node(name: string, change: Partial<Node> = {}): Node {
  const manager = roleOf(name) === 'manager';
  return {
    id: `id-${name}`,
    hostname: name,
    role: roleOf(name),
    availability: 'active',
    labels: {},
    state: 'ready',
    message: '',
    address: addressOf(name),
    leader: name === 'p-manager1',
    ...(manager ? { reachability: 'reachable' as const, managerAddress: `${addressOf(name)}:2377` } : {}),
    engineVersion: '28.5.2',
    ...change,
  };
}

function member(name: string, change: Partial<Membership> = {}): Membership {
  const manager = roleOf(name) === 'manager';
  return {
    state: 'active',
    nodeId: `id-${name}`,
    address: addressOf(name),
    control: manager,
    ...(manager ? { cluster: 'c1' } : {}),
    managers: [],
    hostname: name,
    engineVersion: '28.5.2',
    ...change,
  };
}

function machine(name: string, change: Partial<SeenMachine> = {}): SeenMachine {
  return {
    exists: true,
    unfinished: false,
    driver: 'none',
    state: 'Running',
    addresses: [addressOf(name)],
    membership: member(name),
    differs: [],
    ...change,
  };
}

const nothing: SeenMachine = { exists: false, unfinished: false, addresses: [], differs: [] };

/** A swarm of these machines in which all is well, but for what `change` says. */
function seen(
  names: readonly string[],
  change: { machines?: Record<string, SeenMachine>; nodes?: readonly Node[] } & Partial<Omit<SeenSwarm, 'machines'>> = {},
): SeenSwarm {
  const { machines = {}, ...rest } = change;
  return {
    cluster: 'c1',
    first: 'p-manager1',
    record: Object.fromEntries(names.map((name) => [name, { role: roleOf(name), group: roleOf(name), node: `id-${name}` }])),
    nodes: names.map((name) => node(name)),
    ...rest,
    machines: new Map(Object.entries({ ...Object.fromEntries(names.map((name) => [name, machine(name)])), ...machines })),
  };
}

const unmade = (names: readonly string[], change: Partial<SeenSwarm> = {}): SeenSwarm => ({
  record: {},
  nodes: [],
  machines: new Map(names.map((name) => [name, nothing])),
  ...change,
});

const planSwarm = (declaration: SwarmDeclaration, now: SeenSwarm) => planInOrder(declaration, now, stepOrder);
const texts = (declaration: SwarmDeclaration, now: SeenSwarm) => planSwarm(declaration, now).steps.map((step) => stepText(step));
const problems = (declaration: SwarmDeclaration, now: SeenSwarm) => planSwarm(declaration, now).problems;
const three = ['p-manager1', 'p-manager2', 'p-manager3'];
const small = ['p-manager1', 'p-worker1'];
const inactive = (name: string) =>
  machine(name, { membership: { state: 'inactive', control: false, managers: [], hostname: name, engineVersion: '28.5.2' } });

describe('the plan of a swarm', () => {
  describe('of members in different networks', () => {
    const networks = [
      { place: 'google eu', machines: ['p-manager1'] },
      { place: 'azure eu', machines: ['p-worker1'] },
    ];
    const agreed = (): SwarmDeclaration => ({ ...declared(1, 1), settings: { acrossNetworks: true } });
    const names = ['p-manager1', 'p-worker1'];

    it('is refused whole until that is agreed to, by the file or earlier', () => {
      const [problem] = problems(declared(1, 1), unmade(names, { networks }));
      expect(problem).to.include({ code: 'SWARM_STATE', blocks: true });
      expect(plain(problem?.hint ?? '')).to.contain('--across-networks');
      expect(problems(agreed(), unmade(names, { networks }))).to.deep.equal([]);
      expect(problems(declared(1, 1), unmade(names, { networks, acrossNetworks: true }))).to.deep.equal([]);
    });

    it('is refused while a member is known by an address that the others do not reach', () => {
      const inside = { 'p-manager1': machine('p-manager1', { publicAddresses: ['203.0.113.7'] }) };
      const [problem] = problems(agreed(), seen(names, { networks, machines: inside }));
      expect(plain(problem?.message ?? '')).to.contain(`p-manager1 (${addressOf('p-manager1')})`);
      expect(problem?.blocks).to.equal(true);
      const outside = { 'p-manager1': machine('p-manager1', { publicAddresses: [addressOf('p-manager1')] }) };
      expect(problems(agreed(), seen(names, { networks, machines: outside }))).to.deep.equal([]);
    });
  });

  it('from nothing: creates, then one that begins, then joins', () => {
    expect(texts(declared(2, 1), unmade(['p-manager1', 'p-manager2', 'p-worker1']))).to.deep.equal([
      'Create p-manager1 (none)',
      'Create p-manager2 (none)',
      'Create p-worker1 (none)',
      'Initialise the swarm on p-manager1',
      'Join p-manager2 as a manager',
      'Join p-worker1 as a worker',
    ]);
  });

  it('is empty for a swarm that is right', () => {
    expect(planSwarm(declared(3, 0), seen(three))).to.deep.equal({ steps: [], notes: [], problems: [] });
  });

  const steps: [what: string, declaration: SwarmDeclaration, now: SeenSwarm, expected: string[]][] = [
    [
      'a creation that was interrupted',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': { ...nothing, exists: true, unfinished: true } }, nodes: [node('p-manager1')] }),
      ['Finish the interrupted creation of p-worker1 (none)', 'Join p-worker1 as a worker'],
    ],
    [
      'a machine that is off',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': machine('p-worker1', { state: 'Stopped', membership: undefined }) } }),
      ['Start p-worker1'],
    ],
    [
      'a machine that is off and never joined',
      declared(1, 1),
      seen(small, {
        machines: { 'p-worker1': machine('p-worker1', { state: 'Stopped', membership: undefined }) },
        nodes: [node('p-manager1')],
        record: { 'p-manager1': { role: 'manager' } },
      }),
      ['Start p-worker1', 'Join p-worker1 as a worker'],
    ],
    [
      'the chosen first manager begins it though it is not the first declared',
      declared(2, 0),
      unmade(['p-manager1', 'p-manager2'], { first: 'p-manager2', record: { 'p-manager2': { role: 'manager' } } }),
      ['Create p-manager1 (none)', 'Create p-manager2 (none)', 'Initialise the swarm on p-manager2', 'Join p-manager1 as a manager'],
    ],
    [
      'a half join',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': machine('p-worker1', { membership: { ...member('p-worker1'), state: 'pending' } }) } }),
      ['Join p-worker1 as a worker'],
    ],
    [
      'an expired certificate',
      declared(1, 1),
      seen(small, {
        machines: { 'p-worker1': machine('p-worker1', { membership: { ...member('p-worker1'), state: 'error', error: 'expired' } }) },
      }),
      ['Join p-worker1 again as a worker: expired'],
    ],
    [
      'a worker under another address',
      declared(1, 1),
      seen(small, {
        machines: { 'p-worker1': machine('p-worker1', { addresses: ['10.9.9.9'] }) },
        nodes: [node('p-manager1'), node('p-worker1', { address: '10.9.9.9' })],
      }),
      [`Join p-worker1 again as a worker: it advertises ${addressOf('p-worker1')}, and its address is 10.9.9.9`],
    ],
    [
      'a host with an address that its driver does not know',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': machine('p-worker1', { addresses: ['203.0.113.9'] }) } }),
      [],
    ],
    [
      'an engine that left by hand',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': inactive('p-worker1') }, nodes: [node('p-manager1'), node('p-worker1', { state: 'down' })] }),
      ['Remove the dead node id-p-worker1, a former node of p-worker1', 'Join p-worker1 as a worker'],
    ],
    [
      'a node that was removed by hand',
      declared(1, 1),
      seen(small, { nodes: [node('p-manager1')] }),
      ['Join p-worker1 again as a worker: the swarm no longer knows its node'],
    ],
    [
      'a machine that vanished',
      declared(1, 1),
      seen(small, { machines: { 'p-worker1': nothing } }),
      ['Remove the dead node id-p-worker1, a former node of p-worker1', 'Create p-worker1 (none)', 'Join p-worker1 as a worker'],
    ],
    [
      'the elder twin of a node',
      declared(1, 1),
      seen(small, { nodes: [...small.map((name) => node(name)), node('p-worker1', { id: 'old', state: 'down' })] }),
      ['Remove the dead node old, a former node of p-worker1'],
    ],
    [
      'a stranger of the same name that lives',
      declared(1, 1),
      seen(small, { nodes: [...small.map((name) => node(name)), node('p-worker1', { id: 'other' })] }),
      [],
    ],
    [
      'a role, labels and availability',
      with_(with_(declared(1, 1), 'p-worker1', { role: 'manager', labels: { zone: 'b' } }), 'p-manager1', { availability: 'drain' }),
      seen(small, { nodes: [node('p-manager1'), node('p-worker1', { labels: { zone: 'a', old: '1' } })] }),
      ['Promote p-worker1 to a manager', 'Label p-worker1: zone=b, without old', 'Drain p-manager1'],
    ],
    [
      'labels set by hand where none are declared',
      declared(1, 1),
      seen(small, { nodes: [node('p-manager1'), node('p-worker1', { labels: { mine: '1' } })] }),
      [],
    ],
    ['fewer workers', declared(1, 0), seen(small), ['Remove p-worker1: drain, leave the swarm, remove the machine']],
    [
      'fewer managers, the leader last',
      declared(1, 0),
      seen(['p-manager1', 'p-manager2', 'p-manager3'], {
        nodes: [node('p-manager1', { leader: false }), node('p-manager2', { leader: true }), node('p-manager3')],
      }),
      ['Remove p-manager3: drain, leave the swarm, remove the machine', 'Remove p-manager2: drain, leave the swarm, remove the machine'],
    ],
    [
      'what is left of a machine',
      declared(1, 0),
      seen(small, { machines: { 'p-worker1': nothing }, nodes: [node('p-manager1')] }),
      ['Remove what is left of p-worker1'],
    ],
    [
      'a machine that joined by hand stays',
      declared(1, 0),
      seen(small, { record: { 'p-manager1': { role: 'manager' }, 'p-worker1': { role: 'worker' } } }),
      [],
    ],
  ];
  for (const [what, declaration, now, expected] of steps) {
    it(what, () => {
      expect(texts(declaration, now)).to.deep.equal(expected);
    });
  }

  it('does not take a locked manager, which does not tell its node, for a dead one', () => {
    const { nodeId: _, ...silent } = member('p-manager2', { state: 'locked', control: false });
    const now = seen(three, { machines: { 'p-manager2': machine('p-manager2', { membership: silent }) } });
    expect(texts(declared(3, 0), now)).to.deep.equal(['Unlock p-manager2']);
  });

  describe('says what is in the way', () => {
    const refused: [what: string, code: string, words: RegExp, declaration: SwarmDeclaration, now: SeenSwarm][] = [
      [
        'a machine in another swarm of the store',
        'SWARM_FOREIGN',
        /^p-worker1 is in swarm "other" already$/,
        declared(1, 1),
        seen(small, { machines: { 'p-worker1': machine('p-worker1', { otherSwarm: 'other' }) } }),
      ],
      [
        'a manager of a swarm that nobody knows',
        'SWARM_FOREIGN',
        /^p-manager1 is in another swarm already \(id c9\)/,
        declared(1, 0),
        unmade([], { machines: new Map([['p-manager1', machine('p-manager1', { membership: member('p-manager1', { cluster: 'c9' }) })]]) }),
      ],
      [
        'a worker of another swarm',
        'SWARM_FOREIGN',
        /^p-worker1 is in another swarm already/,
        declared(1, 1),
        seen(small, { machines: { 'p-worker1': machine('p-worker1', { membership: member('p-worker1', { nodeId: 'elsewhere' }) }) } }),
      ],
      [
        'a name that is taken',
        'MACHINE_EXISTS',
        /^There is a machine "p-worker1" of driver generic; the swarm needs one of driver none$/,
        declared(1, 1),
        seen(small, {
          record: { 'p-manager1': { role: 'manager' } },
          machines: { 'p-worker1': { ...inactive('p-worker1'), driver: 'generic' } },
        }),
      ],
      [
        'a demotion that would lose the quorum',
        'SWARM_QUORUM',
        /^Without p-manager2 the swarm would lose its quorum: 1 of 2 managers reachable, 2 needed$/,
        with_(declared(3, 0), 'p-manager2', { role: 'worker' }),
        seen(three, { nodes: [node('p-manager1'), node('p-manager2'), node('p-manager3', { reachability: 'unreachable' })] }),
      ],
    ];
    for (const [what, code, words, declaration, now] of refused) {
      it(what, () => {
        const found = problems(declaration, now).filter(({ blocks }) => blocks);
        expect(found.map((problem) => problem.code)).to.deep.equal([code]);
        expect(found[0]?.message).to.match(words);
        expect(plain(found[0]?.hint ?? '')).to.match(/tsmachine/);
      });
    }

    it('an interface with several addresses, before anything is made', () => {
      const addressFault = {
        code: 'SWARM_JOIN' as const,
        message: 'The interface eth0 of p-worker1 has several addresses',
        hint: 'Give one',
      };
      const now = seen(small, { machines: { 'p-worker1': { ...inactive('p-worker1'), addressFault } } });
      expect(problems(declared(1, 1), now)).to.deep.equal([{ ...addressFault, blocks: true }]);
    });

    it('what only a new swarm takes', () => {
      const spec = {};
      const now = {
        id: 'c1',
        version: 1,
        spec,
        rotationInProgress: false,
        defaultAddrPool: ['10.0.0.0/8'],
        subnetSize: 24,
        dataPathPort: 4789,
        createdAt: '',
        trustRoot: '',
      };
      const settings = { defaultAddrPool: ['10.20.0.0/16'], defaultAddrPoolMaskLength: 24, dataPathPort: 7777 };
      const found = problems({ ...declared(3, 0), settings }, seen(three, { settings: { now, wanted: spec } }));
      expect(found.map(({ code }) => code)).to.deep.equal(['SWARM_IMMUTABLE', 'SWARM_IMMUTABLE']);
      expect(found.map(({ message }) => plain(message)).join('\n'))
        .to.match(/^The address pool of swarm "p" is 10\.0\.0\.0\/8 and cannot become 10\.20\.0\.0\/16/)
        .and.match(/\nThe data path port of swarm "p" is 4789 and cannot become 7777/);
    });

    it('an engine that does not answer: it alone is left behind', () => {
      const error = { code: 'ENGINE_UNREACHABLE' as const, message: 'no answer' };
      const now = seen(small, { machines: { 'p-worker1': machine('p-worker1', { membership: undefined, error }) } });
      expect(problems(declared(1, 1), now)).to.deep.equal([{ code: 'ENGINE_UNREACHABLE', message: 'p-worker1: no answer', blocks: false }]);
    });

    it('a node that the managers see as down though its engine runs', () => {
      const now = seen(small, { nodes: [node('p-manager1'), node('p-worker1', { state: 'down', message: 'heartbeat failure' })] });
      expect(problems(declared(1, 1), now).map(({ message }) => message)).to.deep.equal([
        'p-worker1 runs, and the managers see its node as down (heartbeat failure)',
      ]);
    });

    it('silence, unless something can be woken', () => {
      const silence = { code: 'SWARM_STATE' as const, message: 'No manager answers' };
      const off = { state: 'Stopped' as const, membership: undefined };
      const dead = seen(small, {
        nodes: [],
        silence,
        machines: { 'p-manager1': machine('p-manager1', { membership: undefined, error: silence }) },
      });
      const asleep = seen(small, { nodes: [], silence, machines: { 'p-manager1': machine('p-manager1', off) } });
      expect(problems(declared(1, 1), dead).some(({ blocks }) => blocks)).to.equal(true);
      expect(problems(declared(1, 1), asleep)).to.deep.equal([]);
      expect(texts(declared(1, 1), asleep)).to.deep.equal(['Start p-manager1']);
    });
  });

  it('changes settings that can be changed, and names them', () => {
    const now = {
      id: 'c1',
      version: 1,
      spec: { EncryptionConfig: {} },
      rotationInProgress: false,
      defaultAddrPool: [],
      subnetSize: 24,
      dataPathPort: 4789,
      createdAt: '',
      trustRoot: '',
    };
    const wanted = { EncryptionConfig: { AutoLockManagers: true }, CAConfig: { NodeCertExpiry: 1 } };
    expect(texts(declared(3, 0), seen(three, { settings: { now, wanted } }))).to.deep.equal([
      "Change the swarm's settings: certificate expiry, autolock",
    ]);
  });

  it('notes what it leaves alone', () => {
    const now = seen([...small, 'by-hand'], {
      record: { 'p-manager1': { role: 'manager' }, 'p-worker1': { role: 'worker', group: 'worker' }, 'by-hand': { role: 'worker' } },
      machines: {
        'p-worker1': machine('p-worker1', { differs: ['Suite'], membership: member('p-worker1', { engineVersion: '20.10.24' }) }),
      },
      nodes: [...small, 'by-hand'].map((name) => node(name)).concat(node('gone', { state: 'down' })),
    });
    const { steps: none, notes } = planSwarm(declared(1, 1), now);
    expect(none).to.deep.equal([]);
    const expected = [
      /^p-worker1 was made with other settings \(Suite\).*swarm replace p-worker1$/,
      /^by-hand is in the swarm and not declared.*swarm leave by-hand$/,
      /^The node gone is Down/,
      /^Engines of different versions: 28\.5\.2 \(p-manager1, by-hand\); 20\.10\.24 \(p-worker1\)/,
    ];
    expect(notes).to.have.length(expected.length);
    for (const [i, words] of expected.entries()) expect(plain(notes[i] ?? '')).to.match(words);
  });

  it('of two hundred machines takes no time', () => {
    const big = declared(7, 193);
    const names = big.members.map(({ machine: name }) => name);
    const started = performance.now();
    expect(planSwarm(big, unmade(names)).steps).to.have.length(400);
    expect(planSwarm(big, seen(names)).steps).to.deep.equal([]);
    expect(performance.now() - started).to.be.at.most(500);
  });
});
