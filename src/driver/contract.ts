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
import type { AccountContext, DriverContext } from './contexts.js';

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

export type * from './contexts.js';

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

/** From where a machine may be reached, as the provider's firewall has it. */
export interface Access {
  /** Networks that reach both SSH and the engine: `203.0.113.0/24`. Empty: nobody does. */
  readonly allowed: readonly string[];
  /** This computer's address as the provider sees it; absent where that says nothing, as inside a private network. */
  readonly here?: string;
  /** Why `allow` cannot change it, and who can; absent when it can. */
  readonly fixed?: Text;
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
  /** From where the machine may be reached, where that is limited. */
  access?(data: DriverData, ctx: DriverContext): Promise<Access>;
  /**
   * Lets these networks reach SSH and the engine too. Comes with `access`.
   * @param networks as `203.0.113.0/24`; none: this computer's own address
   * @returns those that could not reach them before
   */
  allow?(data: DriverData, ctx: DriverContext, networks: readonly string[]): Promise<readonly string[]>;
  /** Everything of tsmachine's that exists here, whoever owns it; the core decides what is left over. */
  leftovers?(ctx: AccountContext): Promise<readonly Leftover[]>;
  /** With whose credentials `leftovers` looks, in words for people and without any secret, such as `the profile work`. Pure. */
  credentials?(secrets: FlagValues): string;
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
