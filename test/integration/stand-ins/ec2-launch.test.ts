import {
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  ImportKeyPairCommand,
  type EC2Client,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { group, kinds, launch, look, oneAttempt, refusal, subnetIn, terminate, ubuntu } from './ec2-cloud.js';

const rootOf = (Ebs: object): Partial<RunInstancesCommandInput> => ({ BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs }] });
const spot: Partial<RunInstancesCommandInput> = { InstanceMarketOptions: { MarketType: 'spot' } };

describe('RunInstances of the stand-in for EC2', () => {
  let cloud: Ec2StandIn;
  let ec2: EC2Client;
  let ImageId: string;

  before(async function () {
    cloud = await ec2StandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    ec2 = oneAttempt(cloud);
    ImageId = await ubuntu(cloud);
  });

  const refused = (more: Partial<RunInstancesCommandInput>) => refusal(launch(ec2, { ImageId, ...more }));

  it('makes one instance for a client token, however often it is asked', async () => {
    const first = await launch(ec2, { ImageId, ClientToken: 'once' });
    const again = await launch(ec2, { ImageId, ClientToken: 'once' });
    expect(again.InstanceId).to.equal(first.InstanceId);
    expect(await kinds(cloud)).to.deep.equal(['instance', 'interface', 'volume']);
    expect(await refused({ ClientToken: 'once', InstanceType: 't3.small' })).to.match(/^IdempotentParameterMismatch 400/);
    expect(await refused({ ClientToken: 'x'.repeat(65) })).to.match(/^InvalidParameterValue/);
    await terminate(ec2, first.InstanceId);
    expect((await launch(ec2, { ImageId, ClientToken: 'once' })).State?.Name).to.equal('shutting-down');
  });

  const refusals: readonly (readonly [string, Partial<RunInstancesCommandInput>, RegExp])[] = [
    ['an unknown image', { ImageId: 'ami-00000000000000000' }, /^InvalidAMIID\.NotFound 400: The image id '\[ami-0+\]' does not exist/],
    ['what is no id of an image', { ImageId: 'ubuntu' }, /^InvalidAMIID\.Malformed/],
    ['an unknown type', { InstanceType: 't3.huge' as 't3.micro' }, /^InvalidParameterValue 400: Invalid value 't3.huge' for InstanceType/],
    ['a type of another architecture', { InstanceType: 't4g.micro' }, /^InvalidParameterValue 400: The architecture 'arm64' .* 'x86_64'/],
    ['an unknown key pair', { KeyName: 'mine' }, /^InvalidKeyPair\.NotFound 400: The key pair 'mine' does not exist/],
    ['an unknown subnet', { SubnetId: 'subnet-00000000' }, /^InvalidSubnetID\.NotFound/],
    ['an unknown group', { SecurityGroupIds: ['sg-00000000'] }, /^InvalidGroup\.NotFound 400: The security group 'sg-0+' does not exist/],
    ['an unknown profile', { IamInstanceProfile: { Name: 'p' } }, /^InvalidParameterValue 400: .*Invalid IAM Instance Profile name/],
    ['an unknown zone', { Placement: { AvailabilityZone: 'us-east-1q' } }, /^InvalidParameterValue 400: Invalid availability zone/],
    ['an unknown placement group', { Placement: { GroupName: 'p' } }, /^InvalidPlacementGroup\.Unknown/],
    [
      'a root disk below the image',
      rootOf({ VolumeSize: 4 }),
      /^InvalidBlockDeviceMapping 400: Volume of size 4GB is smaller than snapshot/,
    ],
    ['IOPS of gp2', rootOf({ VolumeType: 'gp2', Iops: 3000 }), /^InvalidParameterCombination 400: .*iops is not supported for gp2/],
    ['throughput of gp2', rootOf({ VolumeType: 'gp2', Throughput: 125 }), /^InvalidParameterCombination 400: .*throughput/],
    ['io2 without IOPS', rootOf({ VolumeType: 'io2' }), /^MissingParameter 400: .*iops/],
    [
      'too many IOPS for the size',
      rootOf({ VolumeType: 'gp3', VolumeSize: 8, Iops: 5000 }),
      /^InvalidParameterCombination 400: Iops to volume/,
    ],
    ['more than 16 KB of user data', { UserData: 'QUFB'.repeat(5462) }, /^InvalidParameterValue 400: User data is limited to 16384 bytes/],
    ['user data that is not base64', { UserData: '#!/bin/sh' }, /^InvalidUserData\.Malformed/],
    [
      'a tag of AWS',
      { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:x', Value: '' }] }] },
      /^InvalidParameterValue 400: .*reserved/,
    ],
    [
      'tags of a spot request without one',
      tagsOf('spot-instances-request'),
      /^InvalidParameterValue 400: .*not a valid taggable resource type/,
    ],
    ['fewer than one', { MinCount: 0 }, /^InvalidParameterValue/],
    [
      'credits of a type without',
      { InstanceType: 'm5.large', CreditSpecification: { CpuCredits: 'standard' } },
      /^InvalidParameterCombination/,
    ],
    ['a spot price that is too low', market({ MaxPrice: '0.0001' }), /^SpotMaxPriceTooLow/],
    ['stopping of a one-time spot', market({ InstanceInterruptionBehavior: 'stop' }), /^InvalidParameterCombination/],
    [
      'a group beside interfaces',
      { SecurityGroups: ['default'], NetworkInterfaces: [{ DeviceIndex: 0 }] },
      /^InvalidParameterCombination 400: Network interfaces and an instance-level security groups/,
    ],
    [
      'a public address with two interfaces',
      { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true }, { DeviceIndex: 1 }] },
      /^InvalidParameterCombination 400: The associatePublicIPAddress/,
    ],
  ];
  for (const [what, params, expected] of refusals) {
    it(`refuses ${what}`, async () => {
      expect(await refused(params)).to.match(expected);
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(await cloud.violations()).to.deep.equal([]);
    });
  }

  it('takes 16 KB of user data and an image for the type', async () => {
    await launch(ec2, { ImageId, UserData: Buffer.alloc(16384, 'a').toString('base64') });
    await launch(ec2, { ImageId: await ubuntu(cloud, 'arm64'), InstanceType: 't4g.micro' });
    await ec2.send(new ImportKeyPairCommand({ KeyName: 'mine', PublicKeyMaterial: Buffer.from('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA x') }));
    expect((await launch(ec2, { ImageId, KeyName: 'mine' })).KeyName).to.equal('mine');
  });

  it('wants the subnet in the zone, the group in its network, the type in the zone', async () => {
    const SubnetId = await subnetIn(ec2, 'us-east-1b');
    expect(await refused({ SubnetId, Placement: { AvailabilityZone: 'us-east-1a' } })).to.match(/^InvalidParameterValue/);
    expect((await launch(ec2, { ImageId, SubnetId })).Placement?.AvailabilityZone).to.equal('us-east-1b');
    const unsupported = await refused({ Placement: { AvailabilityZone: 'us-east-1e' } });
    expect(unsupported).to.match(
      /^Unsupported 400: Your requested instance type \(t3.micro\) is not supported .* or choosing us-east-1a, /,
    );
  });

  it('has no place where there is no default VPC', async () => {
    await cloud.reset({ accounts: [{ id: '111122223333', keys: [firstKey], noDefaultVpc: ['us-east-1'] }] });
    expect(await refused({})).to.match(/^VPCIdNotSpecified 400: No default VPC for this user/);
    expect(await refusal(group(ec2, 'g'))).to.match(/^VPCIdNotSpecified/);
    await launch(oneAttempt(cloud, firstKey, 'eu-west-1'), { ImageId: await ubuntu(cloud, 'amd64', 'eu-west-1') });
  });

  it('says where there is no room: as a fault of the server, for each market alone', async () => {
    await cloud.exhaust([{ zone: 'us-east-1a' }, { market: 'spot', type: 't3.small' }]);
    const Placement = { AvailabilityZone: 'us-east-1a' };
    expect(await refused({ Placement })).to.match(/^InsufficientInstanceCapacity 500: .*\(us-east-1a\).* or choosing us-east-1b, /);
    expect((await launch(ec2, { ImageId })).Placement?.AvailabilityZone).to.equal('us-east-1b');
    const small = { InstanceType: 't3.small', ImageId } as const;
    expect(await refused({ ...small, ...spot })).to.match(/^InsufficientInstanceCapacity 500: There is no Spot capacity available/);
    await launch(ec2, small);
    await cloud.exhaust([{}]);
    expect(await refused({})).to.match(/^InsufficientInstanceCapacity 500/);
  });

  it('refuses more than the quota, of each market', async () => {
    await cloud.setLimits({ vcpus: 2, spotVcpus: 0 });
    await launch(ec2, { ImageId });
    expect(await refused({})).to.match(/^VcpuLimitExceeded 400: .*current vCPU limit of 2 /);
    expect(await refused(spot)).to.match(/^MaxSpotInstanceCountExceeded/);
  });

  it('tags in the same call, and makes the disk that was asked for', async () => {
    const kindsTagged = ['instance', 'volume', 'network-interface', 'spot-instances-request'] as const;
    const TagSpecifications = kindsTagged.map((ResourceType) => ({ ResourceType, Tags: [{ Key: 'owner', Value: 'me' }] }));
    await launch(ec2, {
      ImageId,
      ...spot,
      TagSpecifications,
      ...rootOf({ VolumeSize: 20, VolumeType: 'gp3', Iops: 4000, Throughput: 200 }),
    });
    for (const line of await cloud.inventory()) expect(line).to.match(/ \{owner=me\}$/);
    const { Volumes } = await ec2.send(new DescribeVolumesCommand({}));
    expect(Volumes?.[0]).to.include({ Size: 20, VolumeType: 'gp3', Iops: 4000, Throughput: 200 });
  });

  it('takes a spot instance away, and launches again for a persistent request', async () => {
    const { InstanceId } = await launch(ec2, { ImageId, ...spot });
    await cloud.reclaim(InstanceId);
    const seen = await look(ec2, InstanceId);
    expect([seen?.State?.Name, seen?.StateReason?.Code]).to.deep.equal(['terminated', 'Server.SpotInstanceTermination']);
    expect(await cloud.inventory()).to.deep.equal([]);

    const stops = await launch(ec2, { ImageId, ...market({ SpotInstanceType: 'persistent', InstanceInterruptionBehavior: 'stop' }) });
    await cloud.reclaim(stops.InstanceId);
    expect((await look(ec2, stops.InstanceId))?.State?.Name).to.equal('stopped');
    await terminate(ec2, stops.InstanceId);
    await look(ec2, stops.InstanceId);
    await look(ec2, stops.InstanceId);
    const { SpotInstanceRequests } = await ec2.send(new DescribeSpotInstanceRequestsCommand({}));
    expect(SpotInstanceRequests?.map(({ State }) => State)).to.deep.equal(['closed', 'active']);
    expect(await kinds(cloud)).to.deep.equal(['instance', 'interface', 'spot', 'volume']);
  });

  it('says in a dry run whether it would be done', async () => {
    expect(await refused({ DryRun: true })).to.match(/^DryRunOperation 412/);
    expect(await refused({ DryRun: true, ImageId: 'ami-00000000000000000' })).to.match(/^InvalidAMIID\.NotFound/);
    await cloud.changeKey(firstKey.id, { policy: { Statement: [{ Effect: 'Allow', Action: 'ec2:Describe*' }] } });
    expect(await refused({ DryRun: true })).to.match(/^UnauthorizedOperation 403: .*ec2:RunInstances/);
  });
});

function tagsOf(ResourceType: 'spot-instances-request'): Partial<RunInstancesCommandInput> {
  return { TagSpecifications: [{ ResourceType, Tags: [{ Key: 'a', Value: 'b' }] }] };
}

function market(SpotOptions: object): Partial<RunInstancesCommandInput> {
  return { InstanceMarketOptions: { MarketType: 'spot', SpotOptions } };
}
