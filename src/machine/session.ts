import { openStore, type Store } from '../store/store.js';
import type { Io } from '../base/io.js';
import type { ProvisionResult } from '../provision/request.js';

/** Credentials that the caller hands over for this run; they are never written anywhere. */
export interface Secrets {
  /** For lists of releases: without a token GitHub answers 60 requests an hour. */
  readonly githubToken?: string;
}

/** What one run of the engine works with. Made once by the command line, a test or another program. */
export interface Session {
  readonly store: Store;
  readonly io: Io;
  /** Aborted by Ctrl-C; every wait and every external call ends with it. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: Secrets;
  /** What is told of every change of a machine, in this order. */
  readonly followers: readonly Follower[];
}

/**
 * What follows a change of a machine: docker's contexts, a classic swarm, a machine's place in its swarm. Machines know nothing of
 * these; they tell every follower of the session, in its order. What one throws is the command's failure: a follower that must not
 * fail the command warns instead. The machine's lock is held, but for `returned`.
 */
export interface Follower {
  readonly name: string;
  /** Its address or its certificates may be others now. */
  changed?(session: Session, machine: string): Promise<void>;
  /** Its engine answers after provisioning. */
  provisioned?(session: Session, machine: string, result: ProvisionResult): Promise<void>;
  /** It came back under another address, for which its certificate is good. */
  moved?(session: Session, machine: string): Promise<void>;
  /** It is up, and was not before, or was worked on. Its lock was released. */
  returned?(session: Session, machine: string): Promise<void>;
  /** It is gone from the store. */
  removed?(session: Session, machine: string): Promise<void>;
}

export interface SessionOptions {
  /** Root of the store; see `defaultStorePath`. */
  readonly storePath: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly secrets?: Secrets;
}

/** A session whose machines are followed by what the caller names; `openSession` names everything there is. */
export function openMachineSession(
  { storePath, io, signal, env = process.env, secrets = {} }: SessionOptions,
  followers: readonly Follower[],
): Session {
  return { store: openStore(storePath), io, signal, env, secrets, followers };
}

/** Tells every follower of the session, one after the other. */
export async function tellFollowers(session: Session, tell: (follower: Follower) => Promise<void> | undefined): Promise<void> {
  for (const follower of session.followers) await tell(follower);
}
