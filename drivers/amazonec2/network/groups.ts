import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';

/** What the ledger and people call it. */
export const groupKind = 'EC2 security group';

/**
 * The security groups of a new machine in this network. A group of ours is made where it is missing, in the ledger of the store, and has the
 * rules of this machine when this returns; a group of the user's is only looked at. To be called before RunInstances, and again when that
 * says InvalidGroup.NotFound.
 * @throws TsmachineError FLAG_INVALID when a group that was named cannot be used; DOWNLOAD when this computer's address is not known
 */
export async function ensureGroups(_config: Config, _ctx: DriverContext, _ec2: Ec2, _vpcId: string): Promise<string[]> {
  return Promise.resolve([]);
}

/**
 * Removes a group of ours which no other machine of the store uses; called once the machine's instance is terminated.
 * @returns what is left, and why; undefined when it is gone or in use by another machine of this store
 */
export async function removeGroup(_entry: LedgerEntry, _ctx: DriverContext, _ec2: Ec2): Promise<Leftover | undefined> {
  return Promise.resolve(undefined);
}
