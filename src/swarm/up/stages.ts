import type { Outcome } from '../../machine/choose/each.js';
import { atMost } from '../../system/at-most.js';
import { runStep, stepText, type Stage, type Step } from '../steps/steps.js';
import type { UpRun } from '../steps/up-run.js';
import { inspectAll, waitUntilAnswering, waitUntilSeen } from './waits.js';

/** Workers that join, or are removed, at once. Managers join and leave one after the other. */
const workersTogether = 10;

/** One `swarm up`, with what has become of its steps. */
export interface RunningUp extends UpRun {
  /** Every step that was done, as it was planned. */
  readonly done: Step[];
  readonly failed: (Outcome<void> & { readonly error: unknown })[];
}

/** How the steps of each stage are done. */
export const runStage: Readonly<Record<Stage, (up: RunningUp, steps: readonly Step[]) => Promise<void>>> = {
  'start managers': wake,
  'unlock managers': wake,
  'start workers': wake,
  'remove dead nodes': removeDeadNodes,
  grow,
  change,
  'remove machines': removeMachines,
};

/** Starts machines that are off, or unlocks managers that are locked, and waits until the swarm knows them again. */
async function wake(up: RunningUp, steps: readonly Step[]): Promise<void> {
  const bounded = atMost(up.concurrency);
  await allOf(steps.map((step) => bounded(() => attempt(up, step))));
  await inspectAll(up);
  if (up.swarm.record.cluster === undefined) return;
  await waitUntilAnswering(up);
  await waitUntilSeen(up);
}

async function removeDeadNodes(up: RunningUp, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await attempt(up, step);
}

/**
 * Creates machines and brings them into the swarm, each as soon as it is ready: the first manager begins the swarm however far the
 * others are, a worker joins when its machine is up. Without a first manager the machines are created all the same, and the next run
 * joins them.
 */
async function grow(up: RunningUp, steps: readonly Step[]): Promise<void> {
  const creating = atMost(up.concurrency);
  const joining = { manager: atMost(1), worker: atMost(workersTogether) };
  const swarmMade = gate(up.swarm.manager !== undefined);
  await allOf(
    up.declaration.members.map(async ({ machine, role }) => {
      const own = steps.filter((step) => 'machine' in step && step.machine === machine);
      const creation = own.filter(({ kind }) => kind === 'create');
      const init = own.filter(({ kind }) => kind === 'init');
      const others = own.filter(({ kind }) => kind !== 'create' && kind !== 'init');
      const ready = creation.length === 0 || (await creating(() => attemptAll(up, creation)));
      if (init.length > 0) {
        try {
          swarmMade.open(ready && (await attemptAll(up, init)));
        } finally {
          swarmMade.open(false); // an interruption must leave nobody waiting
        }
      }
      if (others.length > 0 && ready && (await swarmMade.opened)) await joining[role](() => attemptAll(up, others));
    }),
  );
  await inspectAll(up);
}

/** Brings nodes and settings to what is declared, one after the other. */
async function change(up: RunningUp, steps: readonly Step[]): Promise<void> {
  for (const step of steps) if (await attempt(up, step)) up.swarm.session.io.info(`Done: ${stepText(step)}`);
}

/** Removes machines that are declared no longer, and only when all else went well: workers together, managers one after the other. */
async function removeMachines(up: RunningUp, steps: readonly Step[]): Promise<void> {
  if (up.failed.length > 0) return;
  const isManager = (step: Step) => 'machine' in step && up.swarm.nodeOf(step.machine)?.role === 'manager';
  const managers = steps.filter(isManager);
  const bounded = atMost(workersTogether);
  await allOf(steps.filter((step) => !managers.includes(step)).map((step) => bounded(() => attempt(up, step))));
  if (up.failed.length === 0) await attemptAll(up, managers);
}

/** Does steps one after the other, up to the first failure. @returns whether all were done */
async function attemptAll(up: RunningUp, steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) if (!(await attempt(up, step))) return false;
  return true;
}

/** Does one step and remembers how it ended: a failure stops no other machine. @returns whether it was done */
async function attempt(up: RunningUp, step: Step): Promise<boolean> {
  const name = 'machine' in step ? step.machine : 'hostname' in step ? step.hostname : up.swarm.name;
  const io = up.ioOf(name);
  try {
    await runStep(up, step, io);
    up.done.push(step);
    io.debug(`Done: ${stepText(step)}`);
    return true;
  } catch (error) {
    up.swarm.session.signal.throwIfAborted();
    up.failed.push({ name, error });
    return false;
  } finally {
    io.finished?.();
  }
}

/** Lets the machines that wait for the swarm go on once it is known whether it was made. */
function gate(isOpen: boolean): { readonly opened: Promise<boolean>; open: (made: boolean) => void } {
  let open: (made: boolean) => void = () => undefined;
  const opened = new Promise<boolean>((resolve) => {
    open = resolve;
  });
  if (isOpen) open(true);
  return { opened, open };
}

/** Waits for all, even when some fail: nothing must go on in the background after an interruption. @throws the first failure */
async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}
