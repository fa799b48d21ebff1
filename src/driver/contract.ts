/**
 * What a driver is. Types only, no imports: a driver in another process or another language can serve the same contract,
 * because everything that crosses it is plain JSON.
 */

export type FlagType = 'string' | 'int' | 'bool' | 'strings';
export type FlagValue = string | number | boolean | readonly string[];
export type FlagValues = Readonly<Record<string, FlagValue | undefined>>;

export interface FlagSpec {
  /** The whole flag without dashes: `generic-ip-address`. */
  readonly name: string;
  readonly usage: string;
  readonly type: FlagType;
  readonly default?: FlagValue;
  /** The environment variable read when the flag is not given. */
  readonly env?: string;
  /** It names a file of this computer: in a file, a relative one begins at that file's folder. */
  readonly file?: true;
}

/** What the engine may expect of a driver's machines. It asks these, never for a driver's name. */
export interface DriverFeatures {
  /** The engine connects over SSH and provisions Docker. */
  readonly provision: boolean;
  /** `start`, `stop` and `kill` work. */
  readonly powerControl: boolean;
  /** The host was made for this machine alone: its host name may be set, and a booting SSH server is waited for. */
  readonly ownsHost: boolean;
  /** The host key is in the machine's `known_hosts` before the first connection; an unknown key is then refused. See also `SshEndpoint`. */
  readonly hostKeyKnown: boolean;
}

/** Docker Machine's state words; its numbers are their positions. */
export type State = 'None' | 'Running' | 'Paused' | 'Saved' | 'Stopped' | 'Stopping' | 'Starting' | 'Error' | 'Timeout';

/** The `Driver` object of config.json: owned by the driver, opaque to the engine, kept whole. */
export type DriverData = Readonly<Record<string, unknown>>;

export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Private key file. Absent: the agent and the user's default keys. */
  readonly keyPath?: string;
  /** Jump hosts in order, each `[user@]host[:port]`. */
  readonly jump?: readonly string[];
  /** Whether this machine's host key is known before the first connection, where that is not the same for all of the driver's machines. */
  readonly hostKeyKnown?: boolean;
  /** The environment variable that may hold the sudo password of `user`. */
  readonly sudoPasswordEnv?: string;
}

export interface Address {
  readonly ip: string;
  readonly scope: 'public' | 'private';
}

export interface Endpoint {
  /** Every address of the machine, best first; empty when it has none now. A DNS name may stand for an address. */
  readonly addresses: readonly Address[];
  /** Absent when the machine has no SSH (driver none). */
  readonly ssh?: SshEndpoint;
  /** `tcp://HOST:PORT`; absent when the machine is not running. */
  readonly dockerUrl?: string;
}

export interface ExecOptions {
  /** Written to standard input, which is then closed. Secrets travel here, never in the arguments. */
  readonly input?: string | Uint8Array;
  /** Milliseconds; default 60 000. */
  readonly timeout?: number;
  /** Added to this program's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Exit statuses that are not errors; default [0]. */
  readonly ok?: readonly number[];
  /** Called with every line as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line on a host: over one SSH connection. */
export interface RemoteShell {
  /** Runs one command as the login user; the text must be a constant or come from the quoting helper. */
  exec(command: string, options?: Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'>): Promise<ExecResult>;
  /** Runs a template from `templates/` as root, its variables passed on standard input. */
  rootScript(template: string, variables?: Readonly<Record<string, string>>, options?: Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'>): Promise<ExecResult>;
}

export interface DriverIo {
  info(text: string): void;
  warn(text: string): void;
  debug(text: string): void;
  progress(text: string): void;
}

/** All that a driver may do to the world. */
export interface DriverContext {
  readonly io: DriverIo;
  readonly signal: AbortSignal;
  readonly machineName: string;
  /** This machine's folder in the store, mode 0700. */
  readonly machineDir: string;
  /** Shared by all machines of the store: images and the like. */
  readonly cacheDir: string;
  /** Saves the driver's data at once. Called the moment a remote id is known, before anything else is tried. */
  checkpoint(data: DriverData): Promise<void>;
  /** Runs a program of this computer. Fails with COMMAND_MISSING or COMMAND_FAILED. */
  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a program that outlives this one; its output goes to `logFile`. Returns its process id. */
  spawnDetached(file: string, args: readonly string[], logFile: string): Promise<number>;
  /** Opens one SSH connection for the duration of `use`. */
  ssh<T>(endpoint: SshEndpoint, use: (shell: RemoteShell) => Promise<T>): Promise<T>;
  /**
   * Fetches a URL into the cache once, verified against its digest, and returns the file's path. Tells how far it is; what was cut off is
   * continued by the next call. `again`: whatever the cache has. Fails with DOWNLOAD.
   */
  download(url: string, options?: { sha256?: string; sha512?: string; again?: boolean }): Promise<string>;
  /** The text of a small document at a URL, such as an index or a list of checksums; never from a cache. Fails with DOWNLOAD. */
  fetchText(url: string): Promise<string>;
  /** Holds a lock of this computer (not of the store) while `use` runs. */
  lock<T>(name: string, use: () => Promise<T>): Promise<T>;
}

export interface ParseInput {
  readonly machineName: string;
  /** Absolute path of the store's root. */
  readonly storePath: string;
  readonly machineDir: string;
  /** Flags given or found in the environment, defaults filled in. */
  readonly flags: FlagValues;
}

/** An image that a machine boots from and that its engine is part of, as boot2docker's ISO. */
export interface SystemImage {
  /** For people: `v19.03.12`. */
  readonly version: string;
  readonly path: string;
}

export interface SystemImages {
  /** Its path is where `upgradeImage` leaves it. */
  readonly current: SystemImage;
  /** Absent when the machine boots from the newest there is. */
  readonly newer?: SystemImage;
}

export interface Driver {
  /** Flags to driver data: pure. Throws FLAG_MISSING or FLAG_INVALID. */
  parse(input: ParseInput): DriverData;
  /** Refuses cheaply what cannot work; changes nothing. */
  precheck(data: DriverData, ctx: DriverContext): Promise<void>;
  /** Makes the machine. Called again after an interruption with the last checkpoint: it must then continue, not repeat. */
  create(data: DriverData, ctx: DriverContext): Promise<DriverData>;
  state(data: DriverData, ctx: DriverContext): Promise<State>;
  endpoint(data: DriverData, ctx: DriverContext): Promise<Endpoint>;
  start(data: DriverData, ctx: DriverContext): Promise<DriverData>;
  stop(data: DriverData, ctx: DriverContext): Promise<DriverData>;
  kill(data: DriverData, ctx: DriverContext): Promise<DriverData>;
  /** Reboots a running machine; without it the engine stops and starts. */
  restart?(data: DriverData, ctx: DriverContext): Promise<DriverData>;
  /** For a machine that boots from a system image: which one, and a newer one, fetched. Changes nothing; undefined for other machines. */
  images?(data: DriverData, ctx: DriverContext): Promise<SystemImages | undefined>;
  /** Lets a machine that is off boot from another system image, and keeps the one before. Comes with `images`. */
  upgradeImage?(data: DriverData, ctx: DriverContext, image: SystemImage): Promise<DriverData>;
  /** Undoes everything `create` made, also half of it; what is already gone is a success. */
  remove(data: DriverData, ctx: DriverContext): Promise<void>;
}

/** What `drivers/<name>/index.ts` exports: light data; the code comes with `load`. */
export interface DriverModule {
  readonly name: string;
  /** One line for the driver table. */
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  readonly features: DriverFeatures;
  load(): Promise<Driver>;
}
