import type { Text } from '../../base/text.js';
import { waitFor } from '../../base/wait.js';
import type { Engine } from '../../docker/client.js';
import { refusalIn } from '../../docker/call/engine-refusal.js';
import { ask, askFor, flag, id as nodeId, list, number, object, oneOf, record, text, type Shape } from '../../docker/shape.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';

/** A node as its swarm's managers see it. */
export interface Node {
  readonly id: string;
  readonly hostname: string;
  readonly role: Role;
  readonly availability: Availability;
  readonly labels: Labels;
  readonly state: 'ready' | 'down' | 'unknown' | 'disconnected';
  /** The managers' words for that state. */
  readonly message: string;
  readonly address: string;
  readonly leader: boolean;
  /** Of managers alone. */
  readonly reachability?: 'reachable' | 'unreachable' | 'unknown';
  /** `HOST:PORT` of a manager. */
  readonly managerAddress?: string;
  readonly engineVersion: string;
}

export interface NodeChange {
  readonly role?: Role;
  readonly availability?: Availability;
  /** All labels the node is to have, or what is to become of those it has. */
  readonly labels?: Labels | ((now: Labels) => Labels);
}

interface NodeObject {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Role: Role; readonly Availability: Availability; readonly Labels?: Labels };
  readonly Description?: { readonly Hostname?: string; readonly Engine?: { readonly EngineVersion?: string } };
  readonly Status?: { readonly State?: Node['state']; readonly Message?: string; readonly Addr?: string };
  readonly ManagerStatus?: {
    readonly Leader?: boolean;
    readonly Reachability?: NonNullable<Node['reachability']>;
    readonly Addr?: string;
  };
}

const nodeObject: Shape<NodeObject> = object(
  {
    ID: nodeId,
    Version: object({ Index: number }, {}),
    Spec: object({ Role: oneOf('worker', 'manager'), Availability: oneOf('active', 'pause', 'drain') }, { Labels: record(text) }),
  },
  {
    Description: object({}, { Hostname: text, Engine: object({}, { EngineVersion: text }) }),
    Status: object({}, { State: oneOf('ready', 'down', 'unknown', 'disconnected'), Message: text, Addr: text }),
    ManagerStatus: object({}, { Leader: flag, Reachability: oneOf('reachable', 'unreachable', 'unknown'), Addr: text }),
  },
);

/** @param manager the engine of a manager. @throws TsmachineError ENGINE_API without a quorum */
export async function listNodes(manager: Engine): Promise<Node[]> {
  return (await ask(manager, list(nodeObject), 'GET', '/nodes', { timeout: 10_000 })).map(toNode);
}

/** Undefined for a node that the swarm does not know. */
export async function findNode(manager: Engine, id: string): Promise<Node | undefined> {
  const found = await askFor(manager, nodeObject, `/nodes/${id}`);
  return found && toNode(found);
}

/** How often a change is repeated because something else changed the node in between. */
const attempts = 10;

/**
 * Changes what is different, against the node's own version. @returns whether anything was
 * @throws TsmachineError ENGINE_API also for a demotion that the swarm refuses
 */
export async function changeNode(manager: Engine, id: string, change: NodeChange): Promise<boolean> {
  for (let left = attempts; ; left--) {
    const {
      Version: { Index: version },
      Spec: spec,
    } = await ask(manager, nodeObject, 'GET', `/nodes/${id}`);
    const now = spec.Labels ?? {};
    const wanted = {
      ...spec,
      Role: change.role ?? spec.Role,
      Availability: change.availability ?? spec.Availability,
      Labels: typeof change.labels === 'function' ? change.labels(now) : (change.labels ?? now),
    };
    if (wanted.Role === spec.Role && wanted.Availability === spec.Availability && sameLabels(wanted.Labels, now)) return false;
    try {
      await manager.request('POST', `/nodes/${id}/update`, { query: { version }, body: wanted });
      return true;
    } catch (error) {
      // "update out of sequence": the node's own heartbeat may raise its version at any moment
      if (left === 0 || refusalIn(error)?.message.includes('out of sequence') !== true) throw error;
    }
  }
}

/** Takes a node out of the swarm's list; a node that is not there is a success. */
export async function removeNode(manager: Engine, id: string, { force = false } = {}): Promise<void> {
  try {
    await manager.request('DELETE', `/nodes/${id}`, { query: { force } });
  } catch (error) {
    if (refusalIn(error)?.status !== 404) throw error;
  }
}

export interface NodeWait {
  /** As it stands in the error: "worker1 to be Ready". */
  readonly what: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly hint?: Text;
}

/** Waits until the node (undefined: gone) is as `is` wants it. @throws TsmachineError WAIT_TIMEOUT */
export async function waitForNode(manager: Engine, id: string, is: (node: Node | undefined) => boolean, wait: NodeWait): Promise<void> {
  await waitFor(async () => (is(await findNode(manager, id)) ? true : undefined), { ...wait, maxInterval: 500 });
}

/** Whether the managers see the node, and count it if it is one of them. */
export function isSeen({ state, role, reachability }: Node): boolean {
  return state === 'ready' && (role === 'worker' || reachability === 'reachable');
}

export function sameLabels(one: Labels, other: Labels): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function toNode({ ID, Spec, Description, Status, ManagerStatus: manager }: NodeObject): Node {
  return {
    id: ID,
    hostname: Description?.Hostname ?? '',
    role: Spec.Role,
    availability: Spec.Availability,
    labels: Spec.Labels ?? {},
    state: Status?.State ?? 'unknown',
    message: Status?.Message ?? '',
    address: Status?.Addr ?? '',
    leader: manager?.Leader === true,
    ...(manager?.Reachability === undefined ? {} : { reachability: manager.Reachability }),
    ...(manager?.Addr === undefined ? {} : { managerAddress: manager.Addr }),
    engineVersion: Description?.Engine?.EngineVersion ?? '',
  };
}
