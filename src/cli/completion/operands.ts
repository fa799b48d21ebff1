import type { DriverFeatures } from '../../driver/contract.js';

/** What the words behind a command's flags are. */
export type OperandKind = 'machine' | 'machines' | 'machine-paths' | 'command' | 'shell' | 'files' | 'swarm' | 'role-swarm' | 'none';

export interface Operands {
  readonly kind: OperandKind;
  /** Machines whose driver lacks this are left out. */
  readonly feature?: keyof DriverFeatures;
}

/** Machines of the store that are offered; the files of a store are read, no machine is asked. */
export type MachineNames = (feature: Operands['feature']) => Promise<readonly string[]>;

/** Swarms of the store that are offered. */
export type SwarmNames = () => Promise<readonly string[]>;
