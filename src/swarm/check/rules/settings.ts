import { TsmachineError } from '../../../base/errors.js';
import { parseNetwork } from '../../../base/network/cidr.js';
import { poolFault } from '../../model/address-pool.js';

/** The settings of the planned swarm that a network or a host may not allow. */
export interface CheckSettings {
  /** UDP port of VXLAN; engines accept 1024 to 49151. */
  readonly dataPathPort: number;
  /** Networks from which overlay networks get their addresses. */
  readonly pools: readonly string[];
  /** Prefix length of one overlay network. */
  readonly subnetSize: number;
  /** Bytes of the largest IP packet that overlay networks send: 1500 unless they are created with another MTU. */
  readonly mtu: number;
  /** Whether some overlay network will be encrypted. */
  readonly esp: boolean;
}

export const defaultSettings: CheckSettings = { dataPathPort: 4789, pools: ['10.0.0.0/8'], subnetSize: 24, mtu: 1500, esp: false };

/** @throws TsmachineError FLAG_INVALID for a value that no engine accepts */
export function validateSettings({ dataPathPort, pools, subnetSize, mtu }: CheckSettings): void {
  if (!within(dataPathPort, 1024, 49_151)) invalid(`The data path port must be 1024 to 49151, not ${dataPathPort}`);
  if (!within(subnetSize, 1, 29)) {
    invalid(`The mask length of a pool must be 29 or less, not ${subnetSize}: a network of the swarm needs eight addresses`);
  }
  if (!within(mtu, 576, 65_535)) invalid(`An MTU of ${mtu} is not possible`);
  for (const pool of pools) {
    const fault = poolFault(pool);
    if (fault !== undefined) invalid(`The pool ${JSON.stringify(pool)} ${fault}`);
    if ((parseNetwork(pool)?.prefix ?? 0) > subnetSize) invalid(`The pool ${pool} is smaller than one of its networks (/${subnetSize})`);
  }
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalid(message: string): never {
  throw new TsmachineError('FLAG_INVALID', message);
}
