import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import { checkUserData } from './access/boot.js';
import type { Ec2 } from './api.js';
import { together } from '../../src/driver/kit/cloud/call/together.js';
import { candidatesOf, type Candidate } from './choose/candidates.js';
import { namingFlag } from './choose/naming-flag.js';
import { explainRegion } from './choose/region.js';
import { readConfig, type Config } from './config.js';
import { codeOf } from './errors.js';
import { marketsOf } from './life/spot.js';
import { runRequest } from './life/launch.js';
import { checkAccess } from './network/access.js';
import { refuseAddress } from './network/elastic.js';
import { isGroupMissing } from './network/groups.js';

/**
 * Refuses what cannot work before anything is made: who asks and where, image, type, zone and subnet, the user's files, key pair, groups
 * and address, and the right to make an instance with tags and role, which EC2 tells without making one. What `create` asks again within
 * the minute is not asked twice.
 * @param open EC2 in a region
 */
export async function precheckMachine(ctx: DriverContext, open: (region: string) => Ec2): Promise<void> {
  const config = readConfig(ctx.data());
  const ec2 = open(config.region);
  try {
    const [[first]] = await together([
      candidatesOf(config, ec2),
      checkKeyPair(config, ec2),
      checkUserData(config, ctx),
      refuseAddress(config, ec2),
      config.securityGroupNames.length === 0 ? checkAccess(config, ctx) : Promise.resolve(),
    ]);
    await together([checkRights(config, first, ec2), checkNamedGroups(config, ctx, { ec2, vpcId: first.vpcId })]);
  } catch (error) {
    ctx.signal.throwIfAborted();
    throw await explainRegion(error, config.region, open);
  }
}

/** Whether a group is the user's, or is to be made, is known once the network is. */
async function checkNamedGroups(config: Config, ctx: DriverContext, { ec2, vpcId }: { readonly ec2: Ec2; readonly vpcId: string }) {
  if (config.securityGroupNames.length === 0) return;
  if (await isGroupMissing(config, ec2, vpcId)) await checkAccess(config, ctx);
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
function flagOf(error: unknown, config: Config): unknown {
  if (!TsmachineError.is(error) || !/^Invalid/.test(codeOf(error) ?? '')) return error;
  const { message } = error;
  const [flag] = wordsOfFlags(config).find(([, value, words]) => value !== '' && value !== 0 && words.test(message)) ?? [];
  return flag === undefined ? error : new TsmachineError('FLAG_INVALID', `${flag}: ${message}`, { cause: error.cause, hint: error.hint });
}

type FlagWords = readonly [flag: string, value: string | number, words: RegExp];

/** What Amazon's words for a refused value are like. */
function wordsOfFlags({ instanceProfile, kmsKey, ipv6Count, own }: Config): readonly FlagWords[] {
  const flag = (name: string, value: string | number, words: RegExp): FlagWords => [`--amazonec2-${name} ${value}`, value, words];
  return [
    flag('iam-instance-profile', instanceProfile, /iaminstanceprofile|instance profile/i),
    flag('kms-key', kmsKey, /kms/i),
    flag('volume-throughput', own.volumeThroughput, /throughput/i),
    flag('volume-iops', own.volumeIops, /iops/i),
    flag('ipv6-address-count', ipv6Count, /ipv6/i),
    flag('placement-group', own.placementGroup, /placement group/i),
  ];
}
