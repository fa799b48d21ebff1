import { say } from '../../base/text.js';
import type { Role } from '../../base/swarm-node.js';
import { byNaturalOrder } from '../../machine/choose/selection.js';
import type { Session } from '../../machine/session.js';
import type { Node } from '../engine/nodes.js';
import type { Member } from '../reach/member.js';
import { rowOf, type NodeRow } from './node-columns.js';
import { withInspectedSwarm } from './inspected-swarm.js';

/** What is known about the nodes of a swarm and its machines. */
export interface KnownNodes {
  readonly name: string;
  readonly record: { readonly members: Readonly<Record<string, { readonly role: Role; readonly node?: string }>> };
  readonly members: ReadonlyMap<string, Member>;
  readonly nodes: readonly Node[];
  nodeOf(name: string): Node | undefined;
  machineOf(node: Node): string | undefined;
}

/** The nodes of a swarm beside the machines of the store. @param given the swarm, or a machine in it. @throws as `findSwarm` */
export async function listSwarmNodes(session: Session, given?: string): Promise<NodeRow[]> {
  return withInspectedSwarm(session, given, (swarm) => {
    if (!swarm.manager) {
      const { text, hint } = swarm.whyNoManager();
      session.io.warn(hint === undefined ? text : say`${text}\n${hint}`);
    }
    return Promise.resolve(nodeRows(swarm));
  });
}

/** Managers first, with the leader at the top; then workers, and last the nodes without a machine. Each sorted by name. */
export function nodeRows(known: KnownNodes): NodeRow[] {
  const { members, record } = known;
  const names = [...members.keys()].filter((name) => name in record.members || known.nodeOf(name) !== undefined);
  const machines = names.map((name) => {
    const [member, recorded, node] = [members.get(name), record.members[name], known.nodeOf(name)];
    return rowOf({ name, ...(member && { member }), ...(recorded && { recorded }), ...(node && { node }) });
  });
  const others = known.nodes.filter((node) => known.machineOf(node) === undefined).map((node) => rowOf({ node }));
  return [...machines, ...others].sort((a, b) => rank(a) - rank(b) || byName(a, b));
}

const rank = ({ machine, manager, role }: NodeRow) => (machine === undefined ? 3 : manager === 'leader' ? 0 : role === 'manager' ? 1 : 2);

function byName(a: NodeRow, b: NodeRow): number {
  return byNaturalOrder({ name: a.machine ?? a.node ?? '' }, { name: b.machine ?? b.node ?? '' });
}
