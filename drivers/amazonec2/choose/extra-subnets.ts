import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { namingFlag } from './naming-flag.js';
import { subnetOf, type Subnet } from './subnets.js';

const flag = '--amazonec2-extra-subnet-id';

/** The subnets of further network interfaces. @throws TsmachineError FLAG_INVALID naming the flag, with EC2's words */
export async function extraSubnetsOf({ own: { extraSubnetIds: ids } }: Pick<Config, 'own'>, ec2: Ec2): Promise<readonly Subnet[]> {
  if (ids.length === 0) return [];
  const { Subnets: described = [] } = await namingFlag(flag, ec2.recall('DescribeSubnets', { SubnetIds: [...ids] }));
  return ids.flatMap((id) => described.filter(({ SubnetId }) => SubnetId === id).map(subnetOf));
}

/**
 * Those subnets in which an instance can be made that has an interface in each of the extra ones too: EC2 wants all interfaces of an
 * instance in one zone (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html), and its groups in one network. Pure.
 * @param subnets not empty, all in one network
 * @throws TsmachineError FLAG_INVALID naming the flags
 */
export function besideExtras(subnets: readonly Subnet[], extras: readonly Subnet[], { own }: Pick<Config, 'own'>): readonly Subnet[] {
  const [first] = extras;
  if (!first) return subnets;
  const other = extras.find(({ zone }) => zone !== first.zone);
  if (other)
    throw invalid(`${flag}: ${first.id} is in ${first.zone} and ${other.id} in ${other.zone}, but an instance is in one zone alone`);
  const vpc = subnets[0]?.vpcId ?? '';
  const foreign = extras.find(({ vpcId }) => vpcId !== vpc);
  if (foreign)
    throw invalid(
      `${flag} ${foreign.id} belongs to ${foreign.vpcId}, and the instance to ${vpc}`,
      own.subnetIds.length > 0 ? 'Give subnets of one network' : `Give --amazonec2-vpc-id ${foreign.vpcId} too`,
    );
  const usable = subnets.filter(({ zone }) => zone === first.zone);
  if (usable.length > 0) return usable;
  const zones = [...new Set(subnets.map(({ zone }) => zone))].sort().join(', ');
  const limiting = own.subnetIds.length > 0 ? '--amazonec2-subnet-id' : '--amazonec2-zone';
  throw invalid(`${flag} ${first.id} is in ${first.zone}, and the instance may be in ${zones} alone (${limiting})`);
}

function invalid(text: string, hint?: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', text, hint === undefined ? {} : { hint });
}
