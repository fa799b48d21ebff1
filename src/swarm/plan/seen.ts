import type { ErrorCode } from '../../base/errors.js';
import type { State } from '../../base/machine.js';
import type { Text } from '../../base/text.js';
import type { Cluster, ClusterSpec } from '../engine/cluster.js';
import type { Membership } from '../engine/membership.js';
import type { Node } from '../engine/nodes.js';
import type { Network } from '../model/networks.js';
import type { Role } from '../../base/swarm-node.js';

/** What prevents the declared swarm. */
export interface PlanProblem {
  readonly code: ErrorCode;
  readonly message: Text;
  readonly hint?: Text | undefined;
  /** True: nothing at all is done until it is solved. False: only one machine is left out. */
  readonly blocks: boolean;
}

/** A swarm as it is now, as plain data: planning asks no host and no engine. */
export interface SeenSwarm {
  /** The swarm's id; undefined before it is made. */
  readonly cluster?: string | undefined;
  /** The machine that was chosen to make it. */
  readonly first?: string | undefined;
  /** What the store knows of the members. Those without a group were not made by `swarm up`. */
  readonly record: Readonly<Record<string, { readonly role: Role; readonly group?: string; readonly node?: string }>>;
  /** Every machine that is declared or in the record, by name. */
  readonly machines: ReadonlyMap<string, SeenMachine>;
  /** None without a manager that answers. */
  readonly nodes: readonly Node[];
  /** The settings as they are, and as the declaration wants them; undefined without a manager that answers. */
  readonly settings?: { readonly now: Cluster; readonly wanted: ClusterSpec } | undefined;
  /** The networks that the declared members are spread over; none when they are in one. */
  readonly networks?: readonly Network[];
  /** That they may be in several was agreed to earlier. */
  readonly acrossNetworks?: boolean;
  /** Why no manager answers for a swarm that was made. */
  readonly silence?: Omit<PlanProblem, 'blocks'> | undefined;
}

export interface SeenMachine {
  readonly exists: boolean;
  /** Its creation was interrupted. */
  readonly unfinished: boolean;
  readonly driver?: string | undefined;
  readonly state?: State | undefined;
  /** Literal addresses, as its driver reports them. */
  readonly addresses: readonly string[];
  /** Those of them that other networks reach, as far as that matters. */
  readonly publicAddresses?: readonly string[];
  readonly membership?: Membership | undefined;
  /** Why it or its engine does not answer. */
  readonly error?: Omit<PlanProblem, 'blocks'> | undefined;
  /** Why the host cannot take part in the swarm with the addresses that are declared. */
  readonly addressFault?: Omit<PlanProblem, 'blocks'> | undefined;
  /** Another swarm of the store that has it. */
  readonly otherSwarm?: string | undefined;
  /** Settings it was created with that differ from the declared ones. */
  readonly differs: readonly string[];
}

/** The node that a machine is now; undefined when it is none, or no longer one. */
export function nodeOf(seen: SeenSwarm, name: string): Node | undefined {
  const machine = seen.machines.get(name);
  if (machine?.exists !== true || machine.unfinished || machine.membership?.state === 'inactive') return undefined;
  const id = machine.membership?.nodeId ?? seen.record[name]?.node; // an engine that is locked or just starting does not say
  return id === undefined ? undefined : seen.nodes.find((node) => node.id === id);
}
