import { isIP } from 'node:net';

import type { Node } from '../engine/nodes.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';
import { byNaturalOrder } from '../../machine/choose/selection.js';
import { isOff, type Member } from '../reach/member.js';

/** A machine beside the node that it is. Either may be missing. */
export interface NodeRow {
  readonly machine?: string;
  /** The node's id. */
  readonly id?: string;
  /** The node's host name; its id until it has told one. */
  readonly node?: string;
  readonly role?: Role;
  /** The node's state; of a machine that is no node, or of a swarm that nobody answers for, what is known of the machine. */
  readonly status: string;
  readonly availability?: Availability;
  /** Of managers. */
  readonly manager?: 'leader' | 'reachable' | 'unreachable' | 'unknown';
  readonly engine: string;
  readonly address: string;
  readonly labels: Labels;
}

/** What rows are made of: a swarm as it was looked at. */
export interface SeenNodes {
  readonly name: string;
  readonly record: { readonly members: Readonly<Record<string, { readonly role: Role; readonly node?: string }>> };
  readonly members: ReadonlyMap<string, Member>;
  readonly nodes: readonly Node[];
  nodeOf(name: string): Node | undefined;
  machineOf(node: Node): string | undefined;
}

/** Managers first, the leader at their head; machines by name; nodes without a machine last. */
export function nodeRows(seen: SeenNodes): NodeRow[] {
  const names = [...seen.members.keys()].filter((name) => name in seen.record.members || seen.nodeOf(name) !== undefined);
  const machines = names.map((name) => {
    const node = seen.nodeOf(name);
    if (!node) return rowWithoutNode(seen, name);
    const row = rowOf(node, name);
    const member = seen.members.get(name);
    if (member?.membership?.state === 'locked') return { ...row, status: 'locked' };
    // managers take some seconds to notice
    return member && isOff(member) && node.state === 'ready' ? { ...row, status: (member.state ?? '').toLowerCase() } : row;
  });
  const others = seen.nodes.filter((node) => seen.machineOf(node) === undefined).map((node) => rowOf(node));
  return [...machines, ...others].sort((a, b) => rank(a) - rank(b) || byName(a, b));
}

function rowOf(node: Node, machine?: string): NodeRow {
  return {
    ...(machine === undefined ? {} : { machine }),
    id: node.id,
    node: node.hostname === '' ? node.id : node.hostname,
    role: node.role,
    status: node.state,
    availability: node.availability,
    ...(node.role === 'manager' ? { manager: node.leader ? ('leader' as const) : (node.reachability ?? ('unknown' as const)) } : {}),
    engine: node.engineVersion,
    address: addressOf(node),
    labels: node.labels,
  };
}

function rowWithoutNode({ record, members }: SeenNodes, name: string): NodeRow {
  const member = members.get(name);
  const known = record.members[name];
  return {
    machine: name,
    ...(known?.node === undefined ? {} : { id: known.node }),
    ...(known ? { role: known.role } : {}),
    status: member ? statusOf(member, known?.node !== undefined) : 'missing',
    engine: member?.membership?.engineVersion ?? '',
    address: member?.membership?.address ?? member?.address ?? '',
    labels: {},
  };
}

/** What a machine is for the swarm when the managers do not say it. */
function statusOf({ machine, unfinished, state, membership, error }: Member, wasNode: boolean): string {
  if (unfinished) return 'unfinished';
  if (membership)
    return { inactive: wasNode ? 'left' : 'not joined', pending: 'joining', active: 'unknown', error: 'error', locked: 'locked' }[
      membership.state
    ];
  if (error) return 'no answer';
  return machine ? (state ?? 'unknown').toLowerCase() : 'missing';
}

/** Where other nodes reach it. A manager's own entry may say 0.0.0.0 beside the address it advertises. */
export function addressOf({ address, managerAddress }: Node): string {
  const host = managerAddress?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? '';
  return isIP(host) > 0 ? host : address;
}

const rank = ({ machine, manager, role }: NodeRow) => (machine === undefined ? 3 : manager === 'leader' ? 0 : role === 'manager' ? 1 : 2);

function byName(a: NodeRow, b: NodeRow): number {
  return byNaturalOrder({ name: a.machine ?? a.node ?? '' }, { name: b.machine ?? b.node ?? '' });
}
