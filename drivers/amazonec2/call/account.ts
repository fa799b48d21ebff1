import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';

/** The number of the account that is asked; undefined where it has no network that shows it. */
async function accountNumber(ec2: Ec2): Promise<string | undefined> {
  const filters = [{ Name: 'group-name', Values: ['default'] }];
  const { SecurityGroups: groups = [] } = await ec2.recall('DescribeSecurityGroups', { Filters: filters });
  return groups.find(({ OwnerId: owner }) => owner !== undefined)?.OwnerId;
}

/**
 * To be called before an instance that is not found is taken for gone: with credentials of another account, nothing of a machine is found.
 * @throws TsmachineError DRIVER_FAILED naming both accounts
 */
export async function refuseOtherAccount({ machineName, own }: Pick<Config, 'machineName' | 'own'>, ec2: Ec2): Promise<void> {
  if (own.account === '') return;
  const number = await accountNumber(ec2);
  if (number === undefined || number === own.account) return;
  throw new TsmachineError(
    'DRIVER_FAILED',
    `${machineName} is in the account ${own.account} of AWS, and these credentials are of ${number}`,
    {
      hint: 'Give the credentials of that account: --amazonec2-profile, or --amazonec2-access-key and --amazonec2-secret-key',
    },
  );
}
