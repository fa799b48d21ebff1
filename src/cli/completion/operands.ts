import type { DriverFeatures } from '../../driver/contract.js';

/** What the positional words of a command are. */
export type OperandKind = 'machine' | 'machines' | 'machine-paths' | 'command' | 'shell' | 'files' | 'swarm' | 'role-swarm' | 'none';

/** What shells complete as positional words of a command. */
export interface Operands {
  readonly kind: OperandKind;
  /** Only machines whose driver has this feature are offered. */
  readonly feature?: keyof DriverFeatures;
  /** Only machines that have this role in a swarm, as far as the store knows; `member` has any, `none` is in no swarm. */
  readonly role?: 'manager' | 'worker' | 'member' | 'none';
}

/** Lists the machines of a store to offer. It only reads the files of the store and contacts no machine. */
export type MachineNames = (operands: Pick<Operands, 'feature' | 'role'>) => Promise<readonly string[]>;

/** Lists the swarms of a store to offer. */
export type SwarmNames = () => Promise<readonly string[]>;
