/**
 * What a driver is. Types only: a driver in another process or another language can serve the same contract,
 * because everything that crosses it is plain JSON.
 */
import type { FlagSpec, FlagType, FlagValue, FlagValues } from '../base/flags.js';
import type { GuestContext, SystemImage, SystemImages } from '../base/guest.js';
import type { Address, DriverData, State } from '../base/machine.js';
import type { ExecOptions, ExecResult, RemoteShell, SshEndpoint } from '../base/shell.js';

export type {
  Address,
  DriverData,
  ExecOptions,
  ExecResult,
  FlagSpec,
  FlagType,
  FlagValue,
  FlagValues,
  GuestContext,
  RemoteShell,
  SshEndpoint,
  State,
  SystemImage,
  SystemImages,
};

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

export interface Endpoint {
  /** Every address of the machine, best first; empty when it has none now. A DNS name may stand for an address. */
  readonly addresses: readonly Address[];
  /** Absent when the machine has no SSH (driver none). */
  readonly ssh?: SshEndpoint;
  /** `tcp://HOST:PORT`; absent when the machine is not running. */
  readonly dockerUrl?: string;
}

/** All that a driver may do to the world. */
export interface DriverContext extends GuestContext {
  /** Saves the driver's data at once. Called the moment a remote id is known, before anything else is tried. */
  checkpoint(data: DriverData): Promise<void>;
  /** Runs a program of this computer. Fails with COMMAND_MISSING or COMMAND_FAILED. */
  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a program that outlives this one; its output goes to `logFile`. Returns its process id. */
  spawnDetached(file: string, args: readonly string[], logFile: string): Promise<number>;
  /** Opens one SSH connection for the duration of `use`. */
  ssh<T>(endpoint: SshEndpoint, use: (shell: RemoteShell) => Promise<T>): Promise<T>;
}

export interface ParseInput {
  readonly machineName: string;
  /** Absolute path of the store's root. */
  readonly storePath: string;
  readonly machineDir: string;
  /** Flags given or found in the environment, defaults filled in. */
  readonly flags: FlagValues;
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
