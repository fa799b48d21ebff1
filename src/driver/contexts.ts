/** What a driver may do to the world. Types only, a part of the contract: see contract.ts. */
import type { FlagValues } from '../base/flags.js';
import type { BootDataRequest, Files, GuestContext, GuestKeys } from '../base/guest.js';
import type { DriverData, LedgerEntry, Owner } from '../base/machine.js';
import type { ExecOptions, ExecResult, RemoteShell, SshEndpoint, SshHost } from '../base/shell.js';

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
  /**
   * It is gone, or this machine uses it no longer: it leaves the ledger.
   * @param remove for what the store shares: called if this machine is the last that uses it, and no other can begin to meanwhile. False:
   * it is still there, and stays in the ledger
   */
  released(entry: Pick<LedgerEntry, 'key' | 'scope'>, remove?: () => Promise<boolean>): Promise<void>;
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
