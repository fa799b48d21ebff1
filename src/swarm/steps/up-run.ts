import { inPassing, prefixed, type Io } from '../../base/io.js';
import type { Session } from '../../machine/session.js';
import { withoutMembership } from '../followers.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import type { Swarm } from '../reach/swarm.js';
import type { Wanted } from './wanted.js';

/** Where messages about one machine go. */
export interface MachineIo extends Io {
  /** The work on the machine is over. */
  finished?(): void;
}

/** One `swarm up`, as far as a step needs to know it. */
export interface UpRun {
  readonly swarm: Swarm;
  readonly declaration: SwarmDeclaration;
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** How many machines are created or started at once. */
  readonly concurrency: number;
  readonly ioOf: (machine: string) => MachineIo;
  /** The checks whose warning was printed. */
  readonly warned: Set<string>;
}

/**
 * A session for work on one machine. Its messages become progress lines, and the machine does not rejoin the swarm by itself:
 * `swarm up` prints its own lines and joins the machines itself.
 */
export function sessionFor({ swarm: { session } }: UpRun, machine: string, io: Io): Session {
  return { ...withoutMembership(session), io: inPassing(prefixed(io, machine)) };
}
