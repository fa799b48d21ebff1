import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import { checkUserData } from './access/boot.js';
import type { Ec2 } from './api.js';
import { together } from './call/together.js';
import { candidatesOf, type Candidate } from './choose/candidates.js';
import { namingFlag } from './choose/naming-flag.js';
import { explainRegion } from './choose/region.js';
import { readConfig, type Config } from './config.js';
import { codeOf } from './errors.js';
import { marketsOf } from './life/spot.js';
import { runRequest } from './life/launch.js';
import { checkAccess } from './network/access.js';

/**
 * Refuses what cannot work before anything is made: who asks and where, image, type, zone and subnet, the key pair, the user's files, and the right to make
 * an instance with tags and role, which EC2 tells without making one. What `create` asks again within the minute is not asked twice.
 * @param open EC2 in a region
 */
export async function precheckMachine(ctx: DriverContext, open: (region: string) => Ec2): Promise<void> {
  const config = readConfig(ctx.data());
  const ec2 = open(config.region);
  try {
    const [[first]] = await together([
      candidatesOf(config, ec2),
      checkAccess(config, ctx),
      checkKeyPair(config, ec2),
      checkUserData(config, ctx),
    ]);
    await checkRights(config, first, ec2);
  } catch (error) {
    ctx.signal.throwIfAborted();
    throw await explainRegion(error, config.region, open);
  }
}

async function checkKeyPair({ keyName, existingKey }: Config, ec2: Ec2): Promise<void> {
  if (!existingKey || keyName === '') return;
  await namingFlag(`--amazonec2-keypair-name ${keyName}`, ec2.call('DescribeKeyPairs', { KeyNames: [keyName] }));
}

/** A dry run is refused as the real one would be, or as a dry run. It has no user data, which may not be sent twice. */
async function checkRights(config: Config, candidate: Candidate, ec2: Ec2): Promise<void> {
  const [market = 'on-demand'] = marketsOf(config);
  const tags = [{ Key: 'Name', Value: config.machineName }];
  const request = runRequest(config, { candidate, market }, { groups: [], userData: '', tags, token: randomUUID() });
  try {
    await ec2.call('RunInstances', { ...request, UserData: undefined, DryRun: true });
  } catch (error) {
    if (codeOf(error) === 'DryRunOperation') return;
    throw flagOf(error, config);
  }
}

/** What only the creating call refuses, with the flag that it is about. */
function flagOf(error: unknown, { instanceProfile, kmsKey }: Config): unknown {
  if (!TsmachineError.is(error)) return error;
  const isProfile = instanceProfile !== '' && /iaminstanceprofile|instance profile/i.test(error.message);
  const isKey = kmsKey !== '' && /kms/i.test(error.message);
  const flag = isProfile ? `--amazonec2-iam-instance-profile ${instanceProfile}` : isKey ? `--amazonec2-kms-key ${kmsKey}` : undefined;
  return flag === undefined
    ? error
    : new TsmachineError('FLAG_INVALID', `${flag}: ${error.message}`, { cause: error.cause, hint: error.hint });
}
