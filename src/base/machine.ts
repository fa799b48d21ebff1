/** Docker Machine's state words; their positions are its state numbers. */
/** Docker Machine's states; their places are their numbers. */
export const states = ['None', 'Running', 'Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error', 'Timeout'] as const;
export type State = (typeof states)[number];

/** The `Driver` object of config.json: owned by the driver, not interpreted by anything else, and kept complete. */
export type DriverData = Readonly<Record<string, unknown>>;

/**
 * The field of a driver's data for what Docker Machine's fields cannot hold: an object. It lies beside config.json, in driver.json, because
 * Docker Machine drops fields that it does not know when it writes that file.
 */
export const ownField = 'Own';

export interface Address {
  readonly ip: string;
  readonly scope: 'public' | 'private';
}

/**
 * How the engine gets onto a host. auto: Docker's own packages, else the distribution's. docker, distro: the one or the other.
 * script: what the install URL names. none: the engine is there already.
 */
export const installModes = ['auto', 'docker', 'distro', 'script', 'none'] as const;

export type InstallMode = (typeof installModes)[number];

export interface EngineInstall {
  readonly mode: InstallMode;
  /** `28`, `28.5` or `28.5.2`: the newest package that matches. */
  readonly version?: string;
  /** Packages that are on the host may be removed or downgraded for it, and container runtimes upgraded. */
  readonly allowRemovals?: boolean;
  /** The install script may come over plain http. */
  readonly insecure?: boolean;
}

/** Random ids made once; drivers label every resource with them, so that it is found again whatever becomes of the store. */
export interface Owner {
  readonly store: string;
  readonly machine: string;
}

/** One thing that was asked of a provider: written before it is asked, and completed with what it answered. */
export interface LedgerEntry {
  /** Unique in its scope: `vm`, `volume-1`. */
  readonly key: string;
  /** For people: `VirtualBox VM`. */
  readonly kind: string;
  readonly scope: 'machine' | 'store';
  /** The request, without secrets. When it is repeated, this one is sent again, not a newer one. */
  readonly request: unknown;
  /** Makes a repeated call harmless where the provider knows such a thing. */
  readonly token: string;
  /** ISO 8601: when it was first wanted. */
  readonly wanted: string;
  /** The provider's name for a long-running operation, while it runs. */
  readonly operation?: string;
  /** Once it is known to exist. */
  readonly id?: string;
  /** Scope store: the ids of the machines that use it. */
  readonly users?: readonly string[];
}
