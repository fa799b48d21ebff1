/**
 * What a driver is, version 2. Types only: a driver in another process or another language can serve the same contract, because
 * everything that crosses it is plain JSON.
 */
import type { Files } from '../base/guest.js';
import type { FlagSpec, FlagType, FlagValue, FlagValues } from '../base/flags.js';
import type { BootDataRequest, GuestContext, GuestKeys, SystemImage, SystemImages } from '../base/guest.js';
import type { LedgerEntry, Owner } from '../base/machine.js';
import type { Address, DriverData, State } from '../base/machine.js';
import type { ExecOptions, ExecResult, RemoteShell, SshEndpoint, SshHost } from '../base/shell.js';
import type { Text } from '../base/text.js';

export type {
  Address,
  BootDataRequest,
  DriverData,
  ExecOptions,
  ExecResult,
  Files,
  FlagSpec,
  FlagType,
  FlagValue,
  FlagValues,
  GuestContext,
  GuestKeys,
  LedgerEntry,
  Owner,
  RemoteShell,
  SshEndpoint,
  SshHost,
  State,
  SystemImage,
  SystemImages,
};

/** The version that this file describes. A driver says which one it was written for. */
export type ContractVersion = 2;

/** What a driver's machines are like. The core asks these, never for a driver's name. */
export interface DriverFeatures {
  /** The core connects over SSH and provisions Docker. */
  readonly provision: boolean;
  /** `start`, `stop` and `kill` work. */
  readonly powerControl: boolean;
  /** The host was made for this machine alone: its host name may be set, and a booting SSH server is waited for. */
  readonly ownsHost: boolean;
  /** The host key is in the machine's `known_hosts` before the first connection; an unknown key is then refused. See also `SshEndpoint`. */
  readonly hostKeyKnown: boolean;
  /** `create` goes on where it was cut off. A Go plugin cannot; its `create` is only called once. Default true. */
  readonly resumable?: false;
}

/** Why a machine does not run, as a code for programs and a text for people. */
export interface Reason {
  /**
   * gone: there is nothing left of it; a `create` that was interrupted makes it again. reclaimed: the provider took it away, and it may
   * come back.
   */
  readonly code: 'stopped' | 'gone' | 'reclaimed' | 'failed';
  readonly text: Text;
}

/** Where a machine is reached. */
export interface Endpoint {
  /** Every address of the machine, best first; empty when it has none now. A DNS name may stand for an address. */
  readonly addresses: readonly Address[];
  /** Absent when the machine has no SSH (driver none), or none that is known yet. */
  readonly ssh?: SshEndpoint;
  /** `tcp://HOST:PORT`. */
  readonly dockerUrl?: string;
}

/** A machine as it is now: the answer to one question. A machine that does not run has no `dockerUrl`. */
export interface Look extends Endpoint {
  readonly state: State;
  readonly why?: Reason;
}

/** What kept one machine of many from being looked at. */
export interface LookFailure {
  readonly error: unknown;
}

/** Something of ours that a driver found: in use, or left over. */
export interface Leftover {
  /** For people: `VirtualBox VM`, `network interface`. */
  readonly kind: string;
  /** By which the driver finds it again. */
  readonly id: string;
  /** What it is called where it lives. */
  readonly name?: string;
  /** Whose it is, as far as its labels or the computer's registry tell. */
  readonly owner?: { readonly store?: string; readonly machine?: string };
  /** The machine's folder, for what lives on this computer. */
  readonly path?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly bytes?: number;
  /** Why it could not be removed. */
  readonly why?: Text;
}

/** What is to be made. `request` is kept on disk: no secrets in it. */
export interface ResourceRequest<R> {
  /** For people: `VirtualBox VM`. */
  readonly kind: string;
  /** store: shared by the machines of this store, and gone with the last of them. */
  readonly scope: 'machine' | 'store';
  readonly request: R;
}

/** How one kind of resource is made, found again and waited for. */
export interface ResourceCalls<R> {
  /** Looks for what an earlier run may have made: by the id, the token or the owner's labels. Undefined: it does not exist. */
  find(entry: LedgerEntry): Promise<string | undefined>;
  /**
   * Makes it, labelled in the very call that makes it.
   * @param request what is on disk: that of the first run, when this one goes on
   * @param note writes down a long-running operation the moment it is known
   * @returns its id
   */
  make(request: R, token: string, note: (operation: string) => Promise<void>): Promise<string>;
  /** Waits for an operation that an earlier run began. @returns the id of what it made */
  resume?(operation: string): Promise<string>;
}

/** What drivers do for many machines at once, or for none. */
export interface AccountContext extends Pick<GuestContext, 'io' | 'signal' | 'cacheDir' | 'download' | 'fetchText' | 'lock'> {
  /** The id of the store that asks. */
  storeId(): Promise<string>;
  /** Values of flags that are marked `secret` or `anywhere`, given now or found in the environment; never on disk. */
  readonly secrets: FlagValues;
  readonly files: Files;
  /** The folder of a machine of this store. */
  machineDir(name: string): string;
  /** Machines of every store of this computer that the registry knows, of this driver. */
  registered(): Promise<readonly RegisteredMachine[]>;
  /** Asks the user for something to be kept in memory alone, such as a one-time code; undefined where nobody can answer. */
  ask(question: string): Promise<string | undefined>;
  /** Runs a program of this computer. Fails with COMMAND_MISSING or COMMAND_FAILED. */
  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs `use` when fewer than the account's bound are under way; after a refusal for too many calls all of them wait. */
  limit<T>(account: string, use: () => Promise<T>): Promise<T>;
}

/** A machine of some store of this computer, as the registry knows it. */
export interface RegisteredMachine {
  readonly owner: Owner;
  readonly name: string;
  /** The machine's folder. */
  readonly path: string;
  /** What the ledger had of it, last. */
  readonly resources: readonly { readonly kind: string; readonly id: string }[];
}

/** All that a driver may do to the world for one machine. */
export interface DriverContext extends GuestContext {
  /** The ids of the store and of the machine, made when they are first asked for. */
  owner(): Promise<Owner>;
  readonly secrets: FlagValues;
  /** Asks the user for something to be kept in memory alone, such as a one-time code; undefined where nobody can answer. */
  ask(question: string): Promise<string | undefined>;
  /**
   * Changes fields of the driver's data, on disk when it returns; undefined takes one away. Parallel calls do not lose each other's.
   * @returns the data
   */
  keep(patch: Readonly<Record<string, unknown>>): Promise<DriverData>;
  /** Makes this the driver's data. @returns it */
  replace(data: DriverData): Promise<DriverData>;
  /** The driver's data as it is on disk now. */
  data(): DriverData;
  /**
   * Makes something outside of this program once, whatever happens in between: wanted on disk before the call, its id after it. An
   * entry without an id is first looked for.
   * @returns its id
   */
  resource<R>(key: string, wanted: ResourceRequest<R>, calls: ResourceCalls<R>): Promise<string>;
  /** What is in the ledger for this machine, the oldest first; with the store's own resources that this machine uses. */
  resources(): Promise<readonly LedgerEntry[]>;
  /** It is gone, or this machine uses it no longer: it leaves the ledger. */
  released(entry: Pick<LedgerEntry, 'key' | 'scope'>): Promise<void>;
  /** Runs a program of this computer. Fails with COMMAND_MISSING or COMMAND_FAILED. */
  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  readonly files: Files;
  /** Starts a program that outlives this one; its output goes to `logFile`. Returns its process id. */
  spawnDetached(file: string, args: readonly string[], logFile: string): Promise<number>;
  /** Opens one SSH connection for the duration of `use`. */
  ssh<T>(endpoint: SshEndpoint, use: (shell: RemoteShell) => Promise<T>): Promise<T>;
  /** Asks the user's ssh configuration about a host (`ssh -G`). @param login what is decided already */
  sshHost(host: string, login?: { readonly user?: string; readonly port?: number }): Promise<SshHost>;
  /** Whether something listens there. @param timeout milliseconds, default 1000 */
  listens(host: string, port: number, timeout?: number): Promise<boolean>;
  /** Runs `use` when fewer than the account's bound are under way; after a refusal for too many calls all of them wait. */
  limit<T>(account: string, use: () => Promise<T>): Promise<T>;
  /**
   * The machine's keys: one to log in with, and its host key, which is pinned before the first contact. Made on the first call, in the
   * machine's folder.
   */
  identity(): Promise<GuestKeys>;
  /**
   * The user data of a guest: ours, merged with the user's by cloud-init's own rules.
   * @throws TsmachineError FLAG_INVALID when it is too large
   */
  bootData(request: BootDataRequest): Promise<{ readonly bytes: Buffer; readonly encoding: 'plain' | 'gzip' }>;
}

export interface ParseInput {
  readonly machineName: string;
  /** Absolute path of the store's root. */
  readonly storePath: string;
  readonly machineDir: string;
  /** Flags given or found in the environment, defaults filled in. */
  readonly flags: FlagValues;
  /** The version of the engine that was asked for. It is installed while the machine is provisioned, on a host without an engine alone. */
  readonly engineVersion?: string;
}

/** Ports that a swarm's members need of each other. */
export interface PortRule {
  readonly protocol: 'tcp' | 'udp' | 'esp';
  /** Absent for esp. */
  readonly port?: number;
}

export interface OpenPortsRequest {
  readonly swarm: string;
  /** Addresses of the swarm's other members, wherever they are. */
  readonly peers: readonly string[];
  /** The whole set that is wanted; an empty one closes what was opened for this swarm. */
  readonly rules: readonly PortRule[];
}

export interface Driver {
  /** Flags to driver data; secrets stay out of it. Throws FLAG_MISSING or FLAG_INVALID. */
  parse(input: ParseInput): Promise<DriverData>;
  /**
   * Refuses data that this driver cannot have written, before anything is done with it: it may come from an import or from anybody's
   * editor. Pure. Throws CONFIG_UNREADABLE naming the field.
   */
  check(data: DriverData, machine: { readonly machineDir: string }): void;
  /** Refuses cheaply what cannot work; changes nothing. */
  precheck(data: DriverData, ctx: DriverContext): Promise<void>;
  /** Makes the machine. Called again after an interruption with the data as it was kept last: it must then go on, not repeat. */
  create(data: DriverData, ctx: DriverContext): Promise<void>;
  /** The machine as it is now. One question, however it is asked. */
  look(data: DriverData, ctx: DriverContext): Promise<Look>;
  /** Where it is reached while it runs, by what is written down: nobody is asked. Without it the core looks. Pure. */
  where?(data: DriverData, ctx: DriverContext): Endpoint;
  /**
   * Many machines of one account at once, with as few calls as the provider needs. Every machine is answered for; what is thrown is the
   * failure of the whole account.
   */
  lookAll?(machines: ReadonlyMap<string, DriverData>, ctx: AccountContext): Promise<ReadonlyMap<string, Look | LookFailure>>;
  start(data: DriverData, ctx: DriverContext): Promise<void>;
  stop(data: DriverData, ctx: DriverContext): Promise<void>;
  kill(data: DriverData, ctx: DriverContext): Promise<void>;
  /** Reboots a running machine; without it the core stops and starts. */
  restart?(data: DriverData, ctx: DriverContext): Promise<void>;
  /** Undoes everything `create` made, also half of it; what is already gone is a success. @returns what could not be removed, and why */
  remove(data: DriverData, ctx: DriverContext): Promise<{ readonly left: readonly Leftover[] }>;
  /** The end of the serial console or boot log, for when SSH does not come. */
  console?(data: DriverData, ctx: DriverContext): Promise<string>;
  /** Machines of one place reach each other by private address. Pure. Without it a machine's place is its driver. */
  place?(data: DriverData): string;
  /** A fingerprint of credentials and region: machines of one account are looked at together. Pure. */
  account?(data: DriverData, secrets: FlagValues): string;
  /** Lets the members of a swarm reach each other; called before each join and when an address changed. */
  openPorts?(members: ReadonlyMap<string, DriverData>, ctx: AccountContext, request: OpenPortsRequest): Promise<void>;
  /** Everything of tsmachine's that exists here, whoever owns it; the core decides what is left over. */
  leftovers?(ctx: AccountContext): Promise<readonly Leftover[]>;
  /** Removes one of them; one that is gone already is a success. */
  discard?(leftover: Leftover, ctx: AccountContext): Promise<void>;
  /** Makes this store the owner of an imported machine's resources. */
  claim?(data: DriverData, ctx: DriverContext): Promise<void>;
  /** For a machine that boots from a system image: which one, and a newer one, fetched. Changes nothing; undefined for other machines. */
  images?(data: DriverData, ctx: DriverContext): Promise<SystemImages | undefined>;
  /** Lets a machine that is off boot from another system image, and keeps the one before. Comes with `images`. */
  upgradeImage?(data: DriverData, ctx: DriverContext, image: SystemImage): Promise<void>;
}

/** What a driver knows of the program that opens it. */
export interface DriverEnv {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface DriverDescription {
  readonly flags: readonly FlagSpec[];
  readonly features: DriverFeatures;
}

/** What a driver's package exports: light data; the code comes with `open`. */
export interface DriverModule {
  readonly name: string;
  readonly contract: ContractVersion;
  /** One line for the driver table. */
  readonly summary: string;
  describe(): Promise<DriverDescription>;
  open(env: DriverEnv): Promise<Driver & { close(): Promise<void> }>;
}
