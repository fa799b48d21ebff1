import {
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';

import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';

describe('the stand-in for EC2', () => {
  let cloud: Ec2StandIn;
  let ec2: EC2Client;
  let ImageId: string;

  before(async function () {
    cloud = await ec2StandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    ec2 = new EC2Client(cloud.client());
    const ssm = new SSMClient(cloud.client());
    const Name = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';
    ImageId = (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value ?? '';
  });

  it('makes an instance with all that belongs to it, and leaves nothing after its end', async () => {
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'g', Description: 'd' }));
    const run = await ec2.send(
      new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, SecurityGroupIds: [GroupId ?? ''] }),
    );
    const InstanceIds = [run.Instances?.[0]?.InstanceId ?? ''];
    const state = async () => (await ec2.send(new DescribeInstancesCommand({ InstanceIds }))).Reservations?.[0]?.Instances?.[0];
    expect((await state())?.State?.Name).to.equal('pending');
    expect(await state()).to.include({ PublicIpAddress: '198.18.0.11', PrivateIpAddress: '172.31.0.10' });
    expect((await cloud.inventory()).map((line) => line.split(' ')[2])).to.deep.equal(['group', 'instance', 'interface', 'volume']);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    await state();
    expect((await state())?.State?.Name).to.equal('terminated');
    expect((await cloud.inventory()).map((line) => line.split(' ')[2])).to.deep.equal(['group']);
    expect(await cloud.violations()).to.deep.equal([]);
  });
});
