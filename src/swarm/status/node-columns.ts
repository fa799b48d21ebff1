import { isIP } from 'node:net';

import type { Availability, Labels, Role } from '../../base/swarm-node.js';
import type { Node } from '../engine/nodes.js';
import { isOff, type Member } from '../reach/member.js';

/** What a row of `swarm nodes` is made of: a machine, and the node that it is. Either may be missing. */
export interface RowSource {
  /** The machine's name. */
  readonly name?: string;
  /** The machine, as far as it could be reached. */
  readonly member?: Member;
  /** What this store recorded about the machine. */
  readonly recorded?: { readonly role: Role; readonly node?: string };
  /** The node, as the swarm's managers see it. */
  readonly node?: Node;
}

/** A field of the JSON output of `swarm nodes` and, when it has a title, a column of its table. */
interface NodeColumn<V> {
  readonly title?: string;
  /** When undefined, the JSON output leaves the field out. */
  readonly value: (source: RowSource) => V;
  /** The text of a table cell. Default: the value itself, or "-" when there is none. */
  readonly cell?: (value: V, row: { readonly machine?: string }) => string;
  /** The table leaves the column out when all of its cells are empty or "-". */
  readonly optional?: true;
}

const column = <V>(definition: NodeColumn<V>): NodeColumn<V> => definition;

/** The columns of `swarm nodes` in the order in which they are printed, by the name of their JSON field. A new column is one entry here. */
export const nodeColumns = {
  machine: column({ title: 'MACHINE', value: ({ name }) => name }),
  id: column({ value: ({ node, recorded }) => (node ? node.id : recorded?.node) }),
  node: column({
    title: 'NODE',
    // a node that has just joined has not reported its host name yet
    value: ({ node }) => (node?.hostname === '' ? node.id : node?.hostname),
    cell: (node = '-', { machine }) => (node === machine ? '' : node),
    optional: true,
  }),
  role: column({ title: 'ROLE', value: ({ node, recorded }): Role | undefined => (node ? node.role : recorded?.role) }),
  status: column({ title: 'STATUS', value: statusOf, cell: capitalized }),
  availability: column({
    title: 'AVAILABILITY',
    value: ({ node }): Availability | undefined => node?.availability,
    cell: (availability) => capitalized(availability ?? '-'),
  }),
  manager: column({ title: 'MANAGER', value: ({ node }) => managerState(node), cell: (state) => capitalized(state ?? '') }),
  engine: column({
    title: 'ENGINE',
    value: ({ node, member }) => (node ? node.engineVersion : (member?.membership?.engineVersion ?? '')),
    cell: (version) => version.replace(/\+.*$/, ''),
  }),
  address: column({
    title: 'ADDRESS',
    value: ({ node, member }) => (node ? addressOf(node) : (member?.membership?.address ?? member?.address ?? '')),
  }),
  labels: column({
    title: 'LABELS',
    value: ({ node }): Labels => node?.labels ?? {},
    cell: (labels) => labelPairs(labels).join(','),
    optional: true,
  }),
};

type Columns = typeof nodeColumns;
type Value<K extends keyof Columns> = ReturnType<Columns[K]['value']>;
type Optional = { [K in keyof Columns]: undefined extends Value<K> ? K : never }[keyof Columns];

/** One row, as the JSON output of `swarm nodes` has it. Fields without a value are left out. */
export type NodeRow = { readonly [K in Exclude<keyof Columns, Optional>]: Value<K> } & {
  readonly [K in Optional]?: Exclude<Value<K>, undefined>;
};

export function rowOf(source: RowSource): NodeRow {
  const values = Object.entries(nodeColumns).map(([field, { value }]) => [field, value(source)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as NodeRow;
}

/** `KEY=VALUE` for each label, sorted by key. */
export function labelPairs(labels: Labels): string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}

/** The address at which other nodes reach a node. A manager's own entry may say 0.0.0.0 although it advertises another address. */
export function addressOf({ address, managerAddress }: Node): string {
  const host = managerAddress?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? '';
  return isIP(host) > 0 ? host : address;
}

/** The node's state. For a machine that is no node, or when no manager answers, what is known about the machine. */
function statusOf({ node, member, recorded }: RowSource): string {
  if (!node) return member ? machineStatus(member, recorded?.node !== undefined) : 'missing';
  if (member?.membership?.state === 'locked') return 'locked';
  // managers take some seconds to notice that a machine is off
  return member && isOff(member) && node.state === 'ready' ? (member.state ?? '').toLowerCase() : node.state;
}

function machineStatus({ machine, unfinished, state, membership, error }: Member, wasNode: boolean): string {
  if (unfinished) return 'unfinished';
  if (membership) {
    const words = { inactive: wasNode ? 'left' : 'not joined', pending: 'joining', active: 'unknown', error: 'error', locked: 'locked' };
    return words[membership.state];
  }
  if (error) return 'no answer';
  return machine ? (state ?? 'unknown').toLowerCase() : 'missing';
}

function managerState(node: Node | undefined): 'leader' | 'reachable' | 'unreachable' | 'unknown' | undefined {
  if (node?.role !== 'manager') return undefined;
  return node.leader ? 'leader' : (node.reachability ?? 'unknown');
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
