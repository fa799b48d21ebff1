import {
  CancelSpotInstanceRequestsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { kinds, launch, look, oneAttempt, refusal, terminate, ubuntu, until } from './ec2-cloud.js';

describe('instances of the stand-in for EC2', () => {
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

  const stop = (id: string, Hibernate = false) => ec2.send(new StopInstancesCommand({ InstanceIds: [id], Hibernate }));
  const start = (id: string) => ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

  it('can be stopped, started and rebooted only in states that allow it', async () => {
    await cloud.behave({ pending: 2, stopping: 2 });
    const { InstanceId } = await launch(ec2, { ImageId });
    expect(await refusal(stop(InstanceId))).to.match(/^IncorrectInstanceState 400: .* not in a state from which it can be stopped/);
    await until(ec2, InstanceId, 'running');
    await start(InstanceId);
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [InstanceId] }));
    await stop(InstanceId);
    expect(await refusal(start(InstanceId))).to.match(/^IncorrectInstanceState 400: .* not in a state from which it can be started/);
    await until(ec2, InstanceId, 'stopped');
    expect(await refusal(ec2.send(new RebootInstancesCommand({ InstanceIds: [InstanceId] })))).to.match(/^IncorrectInstanceState/);
    expect(await refusal(stop(InstanceId, true))).to.match(/^UnsupportedHibernationConfiguration/);
    await terminate(ec2, InstanceId);
    await terminate(ec2, InstanceId);
    expect(await refusal(start(InstanceId))).to.match(/^IncorrectInstanceState/);
    expect(await refusal(terminate(ec2, InstanceId, 'i-00000000'))).to.match(/^InvalidInstanceID\.NotFound/);
    expect(await refusal(terminate(ec2, 'web1'))).to.match(/^InvalidInstanceID\.Malformed/);
  });

  it('are protected from termination', async () => {
    const { InstanceId } = await launch(ec2, { ImageId, DisableApiTermination: true });
    expect(await refusal(terminate(ec2, InstanceId))).to.match(/^OperationNotPermitted 400: .*'disableApiTermination'/);
    const attribute = { InstanceId, Attribute: 'disableApiTermination' } as const;
    expect((await ec2.send(new DescribeInstanceAttributeCommand(attribute))).DisableApiTermination?.Value).to.equal(true);
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value: false } }));
    await terminate(ec2, InstanceId);
  });

  it('need room and quota to start again', async () => {
    const { InstanceId } = await launch(ec2, { ImageId });
    await until(ec2, InstanceId, 'running');
    await stop(InstanceId);
    await until(ec2, InstanceId, 'stopped');
    await cloud.exhaust([{ zone: 'us-east-1a', type: 't3.micro' }]);
    expect(await refusal(start(InstanceId))).to.match(/^InsufficientInstanceCapacity 500/);
    await cloud.exhaust([]);
    await cloud.setLimits({ vcpus: 1 });
    expect(await refusal(start(InstanceId))).to.match(/^VcpuLimitExceeded/);
  });

  it('of a one-time spot request cannot be stopped; those of a cancelled one go on', async () => {
    const made = await launch(ec2, { ImageId, InstanceMarketOptions: { MarketType: 'spot' } });
    await until(ec2, made.InstanceId, 'running');
    expect(await refusal(stop(made.InstanceId))).to.match(/^UnsupportedOperation 400: You can't stop the Spot Instance/);
    await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [made.SpotInstanceRequestId ?? ''] }));
    expect(await kinds(cloud)).to.deep.equal(['instance', 'interface', 'volume']);
  });

  it('are found by client token, by tag with wildcards, by page, and by no filter that EC2 does not have', async () => {
    for (const name of ['web1', 'web2', 'db1', 'x3', 'x4', 'x5']) {
      await launch(ec2, {
        ImageId,
        ClientToken: name,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
      });
    }
    const found = async (Name: string, ...Values: string[]) => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] }));
      return Reservations?.flatMap(({ Instances }) => Instances?.map(({ ClientToken }) => ClientToken));
    };
    expect(await found('client-token', 'web2')).to.deep.equal(['web2']);
    expect(await found('tag:Name', 'web?', 'd*')).to.deep.equal(['web1', 'web2', 'db1']);
    expect(await found('tag:name', 'web1')).to.deep.equal([]);
    expect(await refusal(found('machine', 'web1'))).to.match(/^InvalidParameterValue 400: The filter 'machine' is invalid/);
    const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    const rest = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect([first.Reservations?.length, rest.Reservations?.length, rest.NextToken]).to.deep.equal([5, 1, undefined]);
  });

  it('have a console, and end by hand', async () => {
    const { InstanceId } = await launch(ec2, { ImageId });
    const output = async () => (await ec2.send(new GetConsoleOutputCommand({ InstanceId }))).Output;
    expect(await output()).to.equal(undefined);
    await cloud.setInstance(InstanceId, { console: 'login:' });
    expect(Buffer.from((await output()) ?? '', 'base64').toString()).to.equal('login:');
    await cloud.deleteByHand(InstanceId, { forgotten: true });
    expect(await refusal(look(ec2, InstanceId))).to.match(/^InvalidInstanceID\.NotFound/);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('that are backed go on only when told, and say what they do', async () => {
    await cloud.reset({ backed: true });
    const { InstanceId } = await launch(ec2, { ImageId });
    await look(ec2, InstanceId);
    await look(ec2, InstanceId);
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('pending');
    const goesOn = cloud.notes(1, 3600);
    await cloud.setInstance(InstanceId, { state: 'running', publicAddress: '192.0.2.9', privateAddress: '192.0.2.9' });
    expect(await look(ec2, InstanceId)).to.include({ PublicIpAddress: '192.0.2.9', PrivateIpAddress: '192.0.2.9' });
    expect((await goesOn).states.map(({ state }) => state)).to.deep.equal(['running']);
    const waiting = cloud.notes(2, 3600);
    await stop(InstanceId);
    const { states } = await waiting;
    expect(states).to.deep.equal([{ account: '111122223333', region: 'us-east-1', id: InstanceId, state: 'stopping' }]);
  });

  it('belong to their account and region', async () => {
    const other = { ...firstKey, id: 'AKIASTANDIN000000002' };
    await cloud.reset({
      accounts: [
        { id: '111122223333', keys: [firstKey] },
        { id: '444455556666', keys: [other] },
      ],
    });
    const { InstanceId } = await launch(ec2, { ImageId });
    expect(await refusal(look(oneAttempt(cloud, other), InstanceId))).to.match(/^InvalidInstanceID\.NotFound/);
    expect(await refusal(look(oneAttempt(cloud, firstKey, 'eu-west-1'), InstanceId))).to.match(/^InvalidInstanceID\.NotFound/);
    await launch(oneAttempt(cloud, other), { ImageId });
    const accounts = (await cloud.inventory()).map((line) => line.split(' ')[0]);
    expect(new Set(accounts)).to.deep.equal(new Set(['111122223333', '444455556666']));
  });
});
