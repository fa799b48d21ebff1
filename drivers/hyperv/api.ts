/** What the user may do in Hyper-V. */
export interface Rights {
  /** The Hyper-V module of PowerShell is installed. */
  readonly module: boolean;
  readonly administrator: boolean;
  readonly hyperVAdministrator: boolean;
}

export interface Switch {
  readonly id: string;
  readonly name: string;
  /** In Hyper-V's words: External, Internal, Private. */
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
  /** The folder of its settings, below the folder that it was created in. */
  readonly path: string;
  /** In Hyper-V's words: Running, Off, Saved, Paused, Starting, Stopping, Saving, ... */
  readonly state: string;
  /** ISO 8601. */
  readonly created: string;
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
  /** Bytes: the least that dynamic memory may shrink to. */
  readonly minimum: number;
  /** Bytes. */
  readonly memory: number;
  readonly mac: string;
  readonly vlan: number;
}

export interface Addresses {
  readonly state: string;
  /** Reported by the guest's own services. */
  readonly reported: readonly string[];
  /** From this computer's neighbour cache. */
  readonly neighbours: readonly string[];
}

/**
 * Hyper-V as the driver sees it: each operation is one script of templates/hyperv.
 * @throws TsmachineError COMMAND_MISSING without PowerShell, STORE_FULL, DRIVER_FAILED with what Hyper-V said
 */
export interface HyperV {
  rights(): Promise<Rights>;
  host(): Promise<HostFacts>;
  /** All of this computer. @throws also DRIVER_PRECHECK when the user may not see any: a hidden VM is not a deleted one */
  vms(): Promise<readonly Vm[]>;
  /** Makes a dynamic VHDX of a VHD or VHDX. */
  convertDisk(disk: { source: string; target: string }): Promise<void>;
  /** Bytes that a guest sees. */
  diskSize(path: string): Promise<number>;
  /** Makes a differencing disk. @param disk size in bytes */
  newDisk(disk: { path: string; parent: string; size: number }): Promise<void>;
  /** Returns its id. */
  newVm(vm: NewVm): Promise<string>;
  setHardware(hardware: Hardware): Promise<void>;
  /** For a VM of generation 2. */
  attachDrives(drives: { id: string; disk: string; seed: string; secureBoot: boolean }): Promise<void>;
  /** For a VM of generation 1, which boots from its DVD drive first. */
  attachIso(drives: { id: string; disk: string; iso: string }): Promise<void>;
  start(id: string): Promise<void>;
  /** Asks the guest to power off and waits for it. @param timeout milliseconds */
  stop(id: string, timeout: number): Promise<void>;
  turnOff(id: string): Promise<void>;
  /** Removes the VM, not its disks. */
  removeVm(id: string): Promise<void>;
  addresses(id: string): Promise<Addresses>;
}

/** The computer as the driver sees it. */
export interface Computer {
  /** As `process.platform` names it. */
  readonly platform: string;
  /** As `process.arch` names it. */
  readonly architecture: string;
}

export interface Tools {
  readonly hyperv: HyperV;
  readonly computer: Computer;
}
