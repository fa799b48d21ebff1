import type { DriverContext, DriverData, LedgerEntry, Owner } from '../../../src/driver/contract.js';
import type { Ec2 } from '../../../drivers/amazonec2/api.js';
import { readConfig, type Config } from '../../../drivers/amazonec2/config.js';
import { ensureGroups } from '../../../drivers/amazonec2/network/groups.js';
import type { FlagValues } from '../../../src/base/flags.js';
import type { Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { dataOf } from './ec2-world.js';

/** A machine of a store on the stand-in, with its own ledger; `here` is this computer's public address. */
export class NetworkMachine {
  readonly memory: MemoryMachine;
  readonly io = new RecordingIo();
  readonly ctx: DriverContext;
  readonly ec2: Ec2;
  here = '203.0.113.7\n';

  constructor(cloud: Ec2StandIn, ec2: Ec2, owner: Owner, flags: FlagValues = {}) {
    this.ec2 = ec2;
    this.memory = new MemoryMachine(dataOf(cloud, flags), owner);
    this.ctx = this.memory.context({
      machineName: 'm1',
      machineDir: '/nowhere',
      cacheDir: '/nowhere',
      io: this.io,
      fetchText: () => Promise.resolve(this.here),
    });
  }

  get data(): DriverData {
    return this.memory.data;
  }

  get config(): Config {
    return readConfig(this.data);
  }

  /** The entries of the ledger, with these machines as users of what is shared. */
  entries(...users: string[]): LedgerEntry[] {
    return this.memory.entries.map((entry) => (entry.scope === 'store' ? { ...entry, users } : entry));
  }

  async groups(vpc?: string): Promise<string[]> {
    const ids = await ensureGroups(this.config, this.ctx, this.ec2, vpc ?? (await defaultVpc(this.ec2)));
    await this.ctx.keep({ SecurityGroupIds: ids });
    return ids;
  }

  /** An instance in these groups, in the default VPC. */
  async run(groups: readonly string[]): Promise<string> {
    const { Subnets: [subnet] = [] } = await this.ec2.call('DescribeSubnets', {});
    const { Images: [image] = [] } = await this.ec2.call('DescribeImages', {
      Filters: [{ Name: 'architecture', Values: ['x86_64'] }],
    });
    const { Instances: [made] = [] } = await this.ec2.call('RunInstances', {
      ImageId: image?.ImageId ?? '',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet?.SubnetId ?? '', Groups: [...groups] }],
    });
    await this.ctx.keep({ InstanceId: made?.InstanceId ?? '', PrivateIPAddress: made?.PrivateIpAddress ?? '' });
    return made?.InstanceId ?? '';
  }
}

export async function defaultVpc(ec2: Ec2): Promise<string> {
  const { Vpcs: [vpc] = [] } = await ec2.call('DescribeVpcs', { Filters: [{ Name: 'is-default', Values: ['true'] }] });
  return vpc?.VpcId ?? '';
}

/** What comes into a group, a line for each rule: `tcp 22 203.0.113.7/32`. */
export async function waysInto(ec2: Ec2, id: string): Promise<string[]> {
  const { SecurityGroups: [group] = [] } = await ec2.call('DescribeSecurityGroups', { GroupIds: [id] });
  return (group?.IpPermissions ?? [])
    .flatMap(({ IpProtocol: protocol = '', FromPort: port, ...from }) =>
      [
        ...(from.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(from.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(from.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
      ].map((source = '') => `${protocol} ${port ?? ''} ${source}`),
    )
    .sort();
}
