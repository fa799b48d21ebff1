import { openStore, type Store } from '../store/store.js';
import type { Io } from '../base/io.js';
import type { FlagValues } from '../base/flags.js';
import type { DriverSearch } from '../driver/source.js';
import type { ProvisionResult } from '../provision/request.js';
import { openStoreRegistry, type StoreRegistry } from '../store/registry.js';
import { stateDir } from '../system/state-dir.js';
import { DriverPool } from './access/driver-pool.js';

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
  /** The store's root. */
  readonly storePath: string;
  /** Folders of driver packages, separated as in PATH; undefined: as the environment says. */
  readonly driverPath: string | undefined;
  /** The stores of this computer. */
  readonly registry: StoreRegistry;
  /** Drivers that are open; each is opened once. */
  readonly drivers: DriverPool;
  /** Flags of drivers that were given now: only what is marked `secret` or `anywhere` is taken from here. */
  readonly flags: FlagValues;
  readonly secrets: Secrets;
  /** What is called after every change of a machine, in this order. */
  readonly followers: readonly Follower[];
}

/**
 * What has to happen after a change of a machine: docker's contexts, a classic swarm, a node's membership in its swarm. The code for
 * machines knows nothing of these; it calls every follower of the session in order. What a follower throws fails the command: one that
 * must not fail it warns instead. The machine's lock is held, except in `returned`.
 */
export interface Follower {
  readonly name: string;
  /** Its address or its certificates may have changed. */
  changed?(session: Session, machine: string): Promise<void>;
  /** Its engine answers after provisioning. */
  provisioned?(session: Session, machine: string, result: ProvisionResult): Promise<void>;
  /** It came back at another address, for which its certificate is valid. */
  moved?(session: Session, machine: string): Promise<void>;
  /** It was started, restarted, provisioned or upgraded, and is up. Its lock has been released. */
  returned?(session: Session, machine: string): Promise<void>;
  /** It was removed from the store. */
  removed?(session: Session, machine: string): Promise<void>;
}

/** As much of a session as tells where its drivers are and what its environment says. */
export type Surroundings = Pick<Session, 'env'> & Partial<DriverSearch>;

export interface SessionOptions {
  /** Root of the store; see `defaultStorePath`. */
  readonly storePath: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly secrets?: Secrets;
  /** Flags of drivers that say as whom providers are asked. */
  readonly flags?: FlagValues;
  /** Folders of driver packages, separated as in PATH; default: TSMACHINE_DRIVER_PATH of the environment. */
  readonly driverPath?: string | undefined;
}

/** A session with the followers that the caller gives; `openSession` gives all there are. */
export function openMachineSession(
  { storePath, io, signal, env = process.env, secrets = {}, flags = {}, driverPath }: SessionOptions,
  followers: readonly Follower[],
): Session {
  return {
    store: openStore(storePath),
    io,
    signal,
    env,
    storePath,
    driverPath,
    secrets,
    registry: openStoreRegistry(stateDir(env)),
    drivers: new DriverPool({ env, signal, storePath, driverPath }),
    flags,
    followers,
  };
}

/** Calls every follower of the session, one after the other. */
export async function tellFollowers(session: Session, tell: (follower: Follower) => Promise<void> | undefined): Promise<void> {
  for (const follower of session.followers) await tell(follower);
}
