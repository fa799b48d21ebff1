import type { Outcome } from '../../machine/choose/each.js';
import { inPassing, prefixed, type Io } from '../../base/io.js';
import type { Session } from '../../machine/session.js';
import { withoutMembership } from '../followers.js';
import type { Swarm } from '../reach/swarm.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import { stepText, type Step } from '../plan/plan.js';
import type { Wanted } from './machines.js';

/** Where what happens to one machine is told. */
export interface MachineIo extends Io {
  /** The work on the machine is over. */
  finished?(): void;
}

/** One `swarm up` under way. */
export interface Run {
  readonly swarm: Swarm;
  readonly declaration: SwarmDeclaration;
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** How many machines are made or started at once. */
  readonly concurrency: number;
  readonly ioOf: (machine: string) => MachineIo;
  /** Every step that was done, as it was planned. */
  readonly done: Step[];
  readonly failed: (Outcome<void> & { readonly error: unknown })[];
}

/** Runs one step, and remembers how it ended: one that fails stops no other. @returns whether it was done */
export async function attempt(run: Run, name: string, steps: readonly Step[], work: (io: MachineIo) => Promise<void>): Promise<boolean> {
  const io = run.ioOf(name);
  try {
    await work(io);
    run.done.push(...steps);
    for (const step of steps) io.debug(`Done: ${stepText(step)}`);
    return true;
  } catch (error) {
    run.swarm.session.signal.throwIfAborted();
    run.failed.push({ name, error });
    return false;
  } finally {
    io.finished?.();
  }
}

/** Waits for all of them, whatever becomes of some: after an interruption nothing goes on behind the back of who is told. */
export async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * A session for work on one machine: what it tells is what is going on now, not lasting lines, and the machine takes no place in the
 * swarm by itself. The swarm has its own lines to tell and its own places to give.
 */
export function sessionOf({ swarm: { session } }: Run, name: string, io: Io): Session {
  return { ...withoutMembership(session), io: inPassing(prefixed(io, name)) };
}
