import { openStore, type Store } from '../store/store.js';
import type { Io } from '../base/io.js';

/** What one run of the engine works with. Made once by the command line, a test or another program. */
export interface Session {
  readonly store: Store;
  readonly io: Io;
  /** Aborted by Ctrl-C; every wait and every external call ends with it. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

export interface SessionOptions {
  /** Root of the store; see `defaultStorePath`. */
  readonly storePath: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

export function openSession({ storePath, io, signal, env = process.env }: SessionOptions): Session {
  return { store: openStore(storePath), io, signal, env };
}
