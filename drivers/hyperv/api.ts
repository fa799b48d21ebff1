/** Who the user is to Hyper-V. */
export interface Rights {
  /** The Hyper-V module of PowerShell is there. */
  readonly module: boolean;
  readonly administrator: boolean;
  readonly hyperVAdministrator: boolean;
}

export interface Switch {
  readonly id: string;
  readonly name: string;
  /** Hyper-V's words: External, Internal, Private. */
  readonly type: string;
}

export interface HostFacts {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly switches: readonly Switch[];
}

export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly notes: string;
  /** Where its settings lie: below the folder that it was made in. */
  readonly path: string;
  /** Hyper-V's words: Running, Off, Saved, Paused, Starting, Stopping, Saving, ... */
  readonly state: string;
}

export interface NewVm {
  readonly name: string;
  readonly path: string;
  readonly generation: 1 | 2;
  /** Bytes. */
  readonly memory: number;
  readonly switch: string;
  readonly notes: string;
}

export interface Hardware {
  readonly id: string;
  readonly cpus: number;
  readonly dynamic: boolean;
  /** Bytes; what dynamic memory may shrink to. */
  readonly minimum: number;
  /** Bytes. */
  readonly memory: number;
  readonly mac: string;
  readonly vlan: number;
}

export interface Addresses {
  readonly state: string;
  /** By the guest's own services. */
  readonly told: readonly string[];
  /** By this computer's neighbour cache. */
  readonly neighbours: readonly string[];
}

/**
 * Hyper-V as the driver sees it: one operation, one script of templates/hyperv.
 * @throws TsmachineError COMMAND_MISSING without PowerShell, STORE_FULL, DRIVER_FAILED with what Hyper-V said
 */
export interface HyperV {
  rights(): Promise<Rights>;
  host(): Promise<HostFacts>;
  vms(): Promise<readonly Vm[]>;
  /** Makes a dynamic VHDX of a VHD or VHDX. */
  convertDisk(disk: { source: string; target: string }): Promise<void>;
  /** Bytes that a guest sees. */
  diskSize(path: string): Promise<number>;
  /** A disk of what differs from its parent. @param disk size in bytes */
  newDisk(disk: { path: string; parent: string; size: number }): Promise<void>;
  /** Returns its id. */
  newVm(vm: NewVm): Promise<string>;
  setHardware(hardware: Hardware): Promise<void>;
  /** For generation 2. */
  attachDrives(drives: { id: string; disk: string; seed: string; secureBoot: boolean }): Promise<void>;
  /** For generation 1, which boots from its DVD drive first. */
  attachIso(drives: { id: string; disk: string; iso: string }): Promise<void>;
  start(id: string): Promise<void>;
  /** Asks the guest to power off and waits for it. @param timeout milliseconds */
  stop(id: string, timeout: number): Promise<void>;
  turnOff(id: string): Promise<void>;
  /** Its disks stay. */
  removeVm(id: string): Promise<void>;
  addresses(id: string): Promise<Addresses>;
}

/** The computer as the driver sees it. */
export interface Computer {
  /** Node's words. */
  readonly platform: string;
  readonly architecture: string;
  /** Bytes free on the disk under a path or its nearest existing parent. */
  freeBytes(path: string): Promise<number>;
  /** Whether something listens there, within a second. */
  answers(ip: string, port: number): Promise<boolean>;
}

export interface Tools {
  readonly hyperv: HyperV;
  readonly computer: Computer;
}
