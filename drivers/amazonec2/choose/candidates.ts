import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import type { Image } from './image.js';

/** Where an instance may be made: one after the other is tried while Amazon has no capacity. */
export interface Candidate {
  readonly type: string;
  /** Such as eu-central-1a. */
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
}

/** Types, zones and subnets in order of preference; never empty. @throws TsmachineError FLAG_INVALID naming the flag */
export async function candidatesOf(config: Config, ec2: Ec2, _image: Image): Promise<readonly Candidate[]> {
  const filters = [{ Name: 'default-for-az', Values: ['true'] }];
  const { Subnets: subnets = [] } = await ec2.call('DescribeSubnets', { Filters: filters });
  return config.own.instanceTypes.flatMap((type) =>
    subnets.flatMap(({ SubnetId: subnetId = '', VpcId: vpcId = '', AvailabilityZone: zone = '' }) => ({ type, zone, subnetId, vpcId })),
  );
}
