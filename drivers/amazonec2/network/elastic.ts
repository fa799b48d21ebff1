import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';

export const addressKind = 'Elastic IP';

/**
 * The allocation id of the address that stays with this machine, allocated now if it is to be one of ours; undefined when none is wanted.
 * Needs no instance, so it may run beside other calls before RunInstances.
 */
export async function ensureAddress(_config: Config, _ctx: DriverContext, _ec2: Ec2): Promise<string | undefined> {
  return Promise.resolve(undefined);
}

/** Gives the address to the instance, which runs. A repeated call changes nothing. */
export async function attachAddress(_ec2: Ec2, _allocationId: string, _instanceId: string): Promise<void> {
  return Promise.resolve();
}

/** Takes a user's address from the instance before this is terminated; it is never released. */
export async function detachAddress(_config: Config, _ec2: Ec2): Promise<void> {
  return Promise.resolve();
}

/** Releases an address of ours. @returns what is left, and why; undefined when it is gone */
export async function removeAddress(_entry: LedgerEntry, _ctx: DriverContext, _ec2: Ec2): Promise<Leftover | undefined> {
  return Promise.resolve(undefined);
}
