import type { Member } from '../../../../src/swarm/reach/member.js';
import type { KnownNodes } from '../../../../src/swarm/status/nodes.js';
import type { Membership } from '../../../../src/swarm/engine/membership.js';
import type { Node } from '../../../../src/swarm/engine/nodes.js';

export function node(id: string, more: Partial<Node> = {}): Node {
  const role = more.role ?? 'worker';
  return {
    id,
    hostname: id,
    role,
    availability: 'active',
    labels: {},
    state: 'ready',
    message: '',
    address: '192.0.2.1',
    leader: false,
    engineVersion: '28.5.2',
    ...(role === 'manager' ? { reachability: 'reachable' as const } : {}),
    ...more,
  };
}

export function membership(more: Partial<Membership> = {}): Membership {
  return { state: 'active', control: false, managers: [], hostname: '', engineVersion: '28.5.2', ...more };
}

/** A machine whose engine answers, unless said otherwise. */
export function member(name: string, more: Partial<Member> = {}): Member {
  return { name, unfinished: false, machine: {} as NonNullable<Member['machine']>, state: 'Running', membership: membership(), ...more };
}

/** A swarm in which every machine is the node of its name. */
export function known(nodes: readonly Node[], members: readonly Member[], record: KnownNodes['record']['members'] = {}): KnownNodes {
  const byName = new Map(members.map((one) => [one.name, one]));
  return {
    name: 'prod',
    record: { members: record },
    members: byName,
    nodes,
    nodeOf: (name) => (byName.has(name) ? nodes.find(({ id }) => id === name) : undefined),
    machineOf: ({ id }) => (byName.has(id) ? id : undefined),
  };
}
