import { waitFor } from '../../base/wait.js';
import type { Engine } from '../../docker/client.js';
import { ask, id, list, number, object, text, type Shape } from '../../docker/shape.js';

/** A task as the managers see it: one container that a service wants, on one node. */
export interface Task {
  readonly id: string;
  readonly service: string;
  /** Which of a service's replicas it is; undefined for a service with a task on every node. */
  readonly slot?: number;
  /** Undefined while no node was found for it. */
  readonly node?: string;
  readonly state: string;
  readonly desired: string;
  /** Why it does not run: "no suitable node (…)". */
  readonly error?: string;
}

interface TaskObject {
  readonly ID: string;
  readonly ServiceID?: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly Status: { readonly State: string; readonly Err?: string };
  readonly DesiredState: string;
}

const taskObject: Shape<TaskObject> = object(
  { ID: id, Status: object({ State: text }, { Err: text }), DesiredState: text },
  { ServiceID: text, Slot: number, NodeID: text },
);

type TaskFilter = Partial<Record<'node' | 'service', readonly string[]>>;

/** @param manager the engine of a manager */
export async function listTasks(manager: Engine, filter: TaskFilter): Promise<Task[]> {
  return (await ask(manager, list(taskObject), 'GET', '/tasks', { query: { filters: JSON.stringify(filter) } })).map(toTask);
}

/** What still has to move from a node, and what cannot. */
export interface Moving {
  /** Tasks that the node still has, or whose replacement does not run yet. */
  readonly waiting: readonly Task[];
  /** Tasks for whose replacement the swarm finds no node, or whose replacements fail one after the other. */
  readonly stuck: readonly Task[];
  /** What the swarm says of the replacements that do not run, each once. */
  readonly why: readonly string[];
}

/** Replacements of one task that failed since it had to move: after so many the next one fails as well. */
const hopeless = 2;

/** The ids of every task of the services of these, whatever became of it. */
export async function idsBeside(manager: Engine, tasks: readonly Task[]): Promise<Set<string>> {
  const service = [...new Set(tasks.map((task) => task.service))];
  return new Set(service.length === 0 ? [] : (await listTasks(manager, { service })).map((task) => task.id));
}

/** Every task of a node: what runs there, and what is to run there. */
export async function tasksOn(manager: Engine, node: string): Promise<Task[]> {
  return (await listTasks(manager, { node: [node] })).filter((task) => isLive(task) || task.desired === 'running');
}

/**
 * How far tasks have moved from a node that no longer takes any.
 * @param were the tasks that were there
 * @param now every task of their services
 * @param nodeAnswers a node that is down never says that its tasks have ended: then only their replacements count
 * @param old the ids of tasks that were there before any had to move: what failed then says nothing
 */
export function movingOf(
  node: string,
  were: readonly Task[],
  now: readonly Task[],
  nodeAnswers: boolean,
  old: ReadonlySet<string> = new Set(),
): Moving {
  const waiting: Task[] = [];
  const stuck: Task[] = [];
  const why = new Set<string>();
  for (const task of were) {
    const alike = now.filter(({ service, slot }) => service === task.service && slot === task.slot);
    const here = alike.filter((other) => other.node === node);
    if (here.some((other) => other.desired === 'running' || (nodeAnswers && isLive(other)))) {
      waiting.push(task);
      continue;
    }
    if (task.slot === undefined) continue; // of a service with one on every node: it ends with the node
    const wanted = alike.filter((other) => other.node !== node && isWanted(other));
    if (wanted.length === 0 || wanted.some(({ state }) => state === 'running' || state === 'complete')) continue;
    const failed = alike.filter((other) => other.node !== node && !old.has(other.id) && failedStates.has(other.state));
    for (const { error } of [...wanted, ...failed]) if (error !== undefined) why.add(error);
    const hasNoNode = wanted.every(({ state, error }) => state === 'pending' && error !== undefined);
    (hasNoNode || failed.length >= hopeless ? stuck : waiting).push(task);
  }
  return { waiting, stuck, why: [...why] };
}

export interface MoveWait {
  readonly nodeAnswers: boolean;
  /** The ids of every task of their services before the node was drained. */
  readonly old: ReadonlySet<string>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Called with what still has to move, each time it is another number. */
  readonly onProgress: (left: number) => void;
}

/**
 * Waits until tasks of a node that no longer takes any have ended there and run elsewhere. Tasks that the swarm finds no
 * node for, and those that fail wherever it starts them, are not waited for.
 * @returns what did not move
 */
export async function waitUntilMoved(manager: Engine, node: string, were: readonly Task[], wait: MoveWait): Promise<Moving> {
  const { nodeAnswers, timeout, signal, onProgress } = wait;
  const services = [...new Set(were.map(({ service }) => service))];
  const deadline = performance.now() + timeout;
  let reported = 0;
  if (were.length === 0) return { waiting: [], stuck: [], why: [] };
  return waitFor(
    async () => {
      const moving = movingOf(node, were, await listTasks(manager, { service: services }), nodeAnswers, wait.old);
      const left = moving.waiting.length + moving.stuck.length;
      if (left !== reported && left > 0) onProgress(left);
      reported = left;
      return moving.waiting.length === 0 || performance.now() >= deadline ? moving : undefined;
    },
    { timeout: timeout + 30_000, maxInterval: 500, signal, what: 'the tasks of a node to move' },
  );
}

const failedStates = new Set(['failed', 'rejected', 'orphaned']);
const liveStates = new Set(['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running']);

function isLive({ state }: Task): boolean {
  return liveStates.has(state);
}

/** `ready` is the desired state of a task that starts when another has stopped, `complete` that of a job's task. */
function isWanted({ desired }: Task): boolean {
  return desired === 'running' || desired === 'ready' || desired === 'complete';
}

function toTask({ ID, ServiceID = '', Slot: slot, NodeID: node = '', Status, DesiredState }: TaskObject): Task {
  return {
    id: ID,
    service: ServiceID,
    ...(slot === undefined || slot === 0 ? {} : { slot }),
    ...(node === '' ? {} : { node }),
    state: Status.State,
    desired: DesiredState,
    ...(Status.Err === undefined || Status.Err === '' ? {} : { error: Status.Err }),
  };
}
