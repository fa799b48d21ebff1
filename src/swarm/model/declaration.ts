import type { EngineInstall } from '../../base/machine.js';
import type { FlagValues } from '../../base/flags.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';

/** A swarm as a file or the flags of `swarm up` declare it. */
export interface SwarmDeclaration {
  readonly name: string;
  readonly settings: SwarmSettings;
  /** One for each machine, in the order of the file: the first manager of these begins the swarm. */
  readonly members: readonly MemberDeclaration[];
}

/** A setting that is not given is the engine's default in a new swarm, and stays as it is in an existing one. Durations are nanoseconds. */
export interface SwarmSettings {
  /** Members may be in different networks, and use public addresses then. It is the store's word, not the engine's. */
  readonly acrossNetworks?: boolean;
  /** Networks in CIDR form. Only a new swarm takes it, as the two that follow. */
  readonly defaultAddrPool?: readonly string[];
  /** Prefix length of each network that is cut from the pool. */
  readonly defaultAddrPoolMaskLength?: number;
  readonly dataPathPort?: number;
  readonly autolock?: boolean;
  readonly certExpiry?: number;
  readonly dispatcherHeartbeat?: number;
  readonly taskHistoryLimit?: number;
  readonly snapshotInterval?: number;
  readonly maxSnapshots?: number;
  readonly externalCas?: readonly ExternalCa[];
}

/** One `--external-ca` of docker: `protocol=cfssl,url=https://…,cacert=FILE`. */
export interface ExternalCa {
  readonly protocol: 'cfssl';
  readonly url: string;
  /** A file of this computer as it was written; a relative path begins at the folder of the swarm's file. */
  readonly caCertFile?: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface MemberDeclaration {
  readonly machine: string;
  readonly group: string;
  readonly role: Role;
  readonly availability: Availability;
  /** Labels of the node; those of the engine are in `engine`. */
  readonly labels: Labels;
  readonly driver: string;
  /** The driver's flags that were given: no defaults, nothing from the driver's environment variables. */
  readonly flags: FlagValues;
  readonly engine: EngineDeclaration;
  readonly install: EngineInstall;
  readonly tlsSans: readonly string[];
  /** IP address or interface of the host. */
  readonly advertiseAddr?: string;
  readonly dataPathAddr?: string;
  /** As advertiseAddr, with or without `:PORT`. */
  readonly listenAddr?: string;
}

/** Named as in config.json, so that `createMachine` takes it as it is. */
export interface EngineDeclaration {
  readonly ArbitraryFlags?: readonly string[];
  readonly Env?: readonly string[];
  readonly InsecureRegistry?: readonly string[];
  readonly Labels?: readonly string[];
  readonly RegistryMirror?: readonly string[];
  readonly StorageDriver?: string;
  readonly InstallURL?: string;
}

/** Machines that are alike: what a member has besides its name, and how many there are or their names. */
export interface GroupDeclaration extends Omit<MemberDeclaration, 'machine' | 'group'> {
  readonly name: string;
  readonly machines: number | readonly string[];
}

/** What is unwise but possible. */
export interface DeclarationWarning {
  readonly message: string;
  /** Of the file, from 1. */
  readonly line?: number;
}

export interface Declared {
  readonly declaration: SwarmDeclaration;
  readonly warnings: readonly DeclarationWarning[];
}

/** The members of a group: `prod-worker1`, `prod-worker2` when they are counted. */
export function membersOf(swarm: string, { name: group, machines, ...alike }: GroupDeclaration): MemberDeclaration[] {
  return machineNames(swarm, group, machines).map((machine) => ({ machine, group, ...alike }));
}

export function machineNames(swarm: string, group: string, machines: number | readonly string[]): readonly string[] {
  return typeof machines === 'number' ? Array.from({ length: machines }, (_, i) => `${swarm}-${group}${i + 1}`) : machines;
}
