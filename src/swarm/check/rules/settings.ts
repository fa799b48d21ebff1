import { TsmachineError } from '../../../base/errors.js';
import { parseNetwork } from '../../../base/cidr.js';
import { poolFault } from '../../model/address-pool.js';

/** What the swarm is to be made with, as far as a network or a host may not allow it. */
export interface CheckSettings {
  /** UDP port of VXLAN; engines take 1024 to 49151. */
  readonly dataPathPort: number;
  /** Ranges that overlay networks get their addresses from. */
  readonly pools: readonly string[];
  /** Fixed bits of one overlay network. */
  readonly subnetSize: number;
  /** Bytes of the IP packets that overlay networks send: 1500 unless they are made with another MTU. */
  readonly mtu: number;
  /** Some overlay network will be encrypted. */
  readonly esp: boolean;
}

export const defaultSettings: CheckSettings = { dataPathPort: 4789, pools: ['10.0.0.0/8'], subnetSize: 24, mtu: 1500, esp: false };

/** @throws TsmachineError FLAG_INVALID for what no engine would take */
export function validateSettings({ dataPathPort, pools, subnetSize, mtu }: CheckSettings): void {
  if (!within(dataPathPort, 1024, 49_151)) invalid(`The data path port must be 1024 to 49151, not ${dataPathPort}`);
  if (!within(subnetSize, 1, 29)) {
    invalid(`The mask length of a pool must be 29 or less, not ${subnetSize}: every network needs four addresses for itself`);
  }
  if (!within(mtu, 576, 65_535)) invalid(`An MTU of ${mtu} is not possible`);
  for (const pool of pools) {
    const fault = poolFault(pool);
    if (fault !== undefined) invalid(`The pool ${JSON.stringify(pool)} ${fault}`);
    if ((parseNetwork(pool)?.prefix ?? 0) > subnetSize) invalid(`The pool ${pool} is smaller than one network of it (/${subnetSize})`);
  }
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalid(message: string): never {
  throw new TsmachineError('FLAG_INVALID', message);
}
