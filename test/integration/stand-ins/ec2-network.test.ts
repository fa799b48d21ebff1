import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { group, kinds, launch, look, oneAttempt, refusal, terminate, ubuntu, until } from './ec2-cloud.js';

describe('the network of the stand-in for EC2', () => {
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

  const allow = (GroupId: string, ...IpPermissions: IpPermission[]) =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const rulesOf = async (id: string) =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups?.[0]?.IpPermissions;
  const remove = (GroupId: string) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));

  it('has one group of a name in a network', async () => {
    await group(ec2, 'g');
    expect(await refusal(group(ec2, 'g'))).to.match(
      /^InvalidGroup\.Duplicate 400: The security group 'g' already exists for VPC 'vpc-\w+'/,
    );
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    await group(ec2, 'g', Vpc?.VpcId);
    expect(await refusal(group(ec2, 'default'))).to.match(/^InvalidGroup\.Reserved/);
    expect(await refusal(group(ec2, 'sg-1'))).to.match(/^InvalidParameterValue/);
    await cloud.setLimits({ groups: 3 });
    expect(await refusal(group(ec2, 'another'))).to.match(/^SecurityGroupLimitExceeded/);
  });

  it('keeps rules of ports, of protocols by number, and of groups', async () => {
    const id = await group(ec2, 'g');
    const peers = { UserIdGroupPairs: [{ GroupId: id }] };
    await allow(id, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.7/24', Description: 'me' }] });
    await allow(id, { IpProtocol: '50', ...peers }, { IpProtocol: '17', FromPort: 4789, ToPort: 4789, ...peers });
    await allow(id, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
    expect(
      (await rulesOf(id))?.map(({ IpProtocol, FromPort, IpRanges, UserIdGroupPairs }) => [
        IpProtocol,
        FromPort,
        IpRanges?.[0]?.CidrIp,
        UserIdGroupPairs?.[0]?.GroupId,
      ]),
    ).to.deep.equal([
      ['tcp', 22, '192.0.2.0/24', undefined],
      ['50', undefined, undefined, id],
      ['udp', 4789, undefined, id],
    ]);
    const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] }));
    expect(SecurityGroupRules).to.have.length(5); // and what goes out
    const esp: IpPermission = { IpProtocol: '50', ...peers };
    expect(await refusal(allow(id, esp))).to.match(/^InvalidPermission\.Duplicate 400: the specified rule "peer: sg-\w+, 50, ALLOW"/);
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: [esp] }));
    expect(await rulesOf(id)).to.have.length(2);
  });

  it('refuses rules that are none, and adds all of a call or nothing', async () => {
    const id = await group(ec2, 'g');
    const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
    const good = { ...ssh, IpRanges: [{ CidrIp: '192.0.2.1/32' }] };
    expect(await refusal(allow(id, good, { ...ssh, IpRanges: [{ CidrIp: '192.0.2.1/33' }] }))).to.match(/^InvalidParameterValue 400: CIDR/);
    expect(await refusal(allow(id, { ...ssh, IpRanges: [{ CidrIp: '192.0.2.1' }] }))).to.match(/is malformed$/);
    expect(await refusal(allow(id, { ...good, IpProtocol: 'esp' }))).to.match(/Unknown protocol/);
    expect(await refusal(allow(id, { ...good, FromPort: 99 }))).to.match(/^InvalidParameterValue/);
    expect(await refusal(allow(id, ssh))).to.match(/^MissingParameter/);
    expect(await refusal(allow(id, { ...ssh, UserIdGroupPairs: [{ GroupId: 'sg-00000000' }] }))).to.match(/^InvalidGroup\.NotFound/);
    expect(await rulesOf(id)).to.deep.equal([]);
    await cloud.setLimits({ rulesPerGroup: 0 });
    expect(await refusal(allow(id, good))).to.match(/^RulesPerSecurityGroupLimitExceeded/);
  });

  it('keeps a group that is used by an instance until that has ended, or by another group', async () => {
    const id = await group(ec2, 'g');
    const { InstanceId } = await launch(ec2, { ImageId, SecurityGroupIds: [id] });
    await terminate(ec2, InstanceId);
    expect(await refusal(remove(id))).to.match(/^DependencyViolation 400: resource sg-\w+ has a dependent object$/);
    await until(ec2, InstanceId, 'terminated');
    const other = await group(ec2, 'other');
    await allow(other, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: id }] });
    expect(await refusal(remove(id))).to.match(/^DependencyViolation/);
    await remove(other);
    await remove(id);
    expect(await refusal(remove(id))).to.match(/^InvalidGroup\.NotFound/);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('lets time go on for who only tries again to delete a group', async () => {
    const id = await group(ec2, 'g');
    await terminate(ec2, (await launch(ec2, { ImageId, SecurityGroupIds: [id] })).InstanceId);
    expect(await refusal(remove(id))).to.match(/^DependencyViolation/);
    expect(await refusal(remove(id))).to.match(/^DependencyViolation/);
    await remove(id);
  });

  it('refuses a group of another network', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const foreign = await group(ec2, 'g', Vpc?.VpcId);
    expect(await refusal(launch(ec2, { ImageId, SecurityGroupIds: [foreign] }))).to.match(
      /^InvalidParameter 400: Security group sg-\w+ and/,
    );
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' }),
    );
    const made = await launch(ec2, { ImageId, SecurityGroupIds: [foreign], SubnetId: Subnet?.SubnetId });
    const seen = await until(ec2, made.InstanceId, 'running');
    expect([seen.PublicIpAddress, seen.PrivateIpAddress]).to.deep.equal([undefined, '10.0.1.4']);
    expect(await refusal(ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId })))).to.match(/^DependencyViolation/);
    expect(await refusal(ec2.send(new DeleteVpcCommand({ VpcId: Vpc?.VpcId })))).to.match(/^DependencyViolation/);
  });

  it('keeps an Elastic IP over stop and start, and refuses to release it while it is used', async () => {
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const { InstanceId } = await launch(ec2, { ImageId });
    const associate = () => ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    expect(await refusal(associate())).to.match(/^InvalidInstanceID 400: The pending instance/);
    await until(ec2, InstanceId, 'running');
    await associate();
    expect((await look(ec2, InstanceId))?.PublicIpAddress).to.equal(PublicIp);
    expect(await refusal(ec2.send(new ReleaseAddressCommand({ AllocationId })))).to.match(/^InvalidIPAddress\.InUse/);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    expect((await until(ec2, InstanceId, 'stopped')).PublicIpAddress).to.equal(PublicIp);
    await ec2.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    expect((await until(ec2, InstanceId, 'running')).PublicIpAddress).to.equal(PublicIp);

    const other = await launch(ec2, { ImageId });
    await until(ec2, other.InstanceId, 'running');
    const steal = { AllocationId, InstanceId: other.InstanceId };
    expect(await refusal(ec2.send(new AssociateAddressCommand({ ...steal, AllowReassociation: false })))).to.match(
      /^Resource\.AlreadyAssociated/,
    );
    const { Addresses } = await ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId ?? ''] }));
    expect(Addresses?.[0]?.InstanceId).to.equal(InstanceId);
    await ec2.send(new DisassociateAddressCommand({ AssociationId: Addresses?.[0]?.AssociationId }));
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    expect(await kinds(cloud)).not.to.include('address');
    await cloud.setLimits({ addresses: 0 });
    expect(await refusal(ec2.send(new AllocateAddressCommand({})))).to.match(/^AddressLimitExceeded/);
  });

  it('gives IPv6 addresses where the network has them', async () => {
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SubnetId, VpcId } = Subnets?.[0] ?? {};
    expect(await refusal(launch(ec2, { ImageId, SubnetId, Ipv6AddressCount: 1 }))).to.match(/^InvalidParameterValue 400: .*no IPv6/);
    await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    const Ipv6CidrBlock = Vpcs?.[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock?.replace(/\/\d+$/, '/64');
    await ec2.send(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }));
    const { InstanceId } = await launch(ec2, { ImageId, SubnetId, Ipv6AddressCount: 1 });
    expect((await look(ec2, InstanceId))?.Ipv6Address).to.match(/^[\da-f]+:[\da-f:]+$/);
    expect(await cloud.violations()).to.deep.equal([]);
  });
});
