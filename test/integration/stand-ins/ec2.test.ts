import { DescribeInstancesCommand, StopInstancesCommand, StartInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { group, kinds, launch, look, oneAttempt, refusal, terminate, ubuntu, until } from './ec2-cloud.js';

describe('the stand-in for EC2', () => {
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

  it('makes an instance with all that belongs to it, and leaves nothing after its end', async () => {
    const GroupId = await group(ec2, 'g');
    const { InstanceId } = await launch(ec2, { ImageId, SecurityGroupIds: [GroupId] });
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('pending');
    expect(await look(ec2, InstanceId)).to.include({ PublicIpAddress: '198.18.0.11', PrivateIpAddress: '172.31.0.10' });
    expect(await kinds(cloud)).to.deep.equal(['group', 'instance', 'interface', 'volume']);
    await terminate(ec2, InstanceId);
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('shutting-down');
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('terminated');
    expect(await kinds(cloud)).to.deep.equal(['group']);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('gives another public address at each start and keeps the private one', async () => {
    const { InstanceId } = await launch(ec2, { ImageId });
    const before = await until(ec2, InstanceId, 'running');
    await ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    const stopped = await until(ec2, InstanceId, 'stopped');
    expect(stopped.PublicIpAddress).to.equal(undefined);
    expect(stopped.StateReason?.Code).to.equal('Client.UserInitiatedShutdown');
    await ec2.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    const after = await until(ec2, InstanceId, 'running');
    expect(after.PrivateIpAddress).to.equal(before.PrivateIpAddress);
    expect(after.PublicIpAddress)
      .to.match(/^198\.18\./)
      .and.not.equal(before.PublicIpAddress);
  });

  it('lets passing states last as long as a test wants', async () => {
    await cloud.behave({ pending: 4, shuttingDown: 0, forget: 1 });
    const { InstanceId } = await launch(ec2, { ImageId });
    const seen = [];
    for (let looks = 0; looks < 5; looks++) seen.push((await look(ec2, InstanceId))?.State?.Name);
    expect(seen).to.deep.equal(['pending', 'pending', 'pending', 'pending', 'running']);
    await terminate(ec2, InstanceId);
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('terminated');
    await look(ec2, InstanceId);
    expect(await look(ec2, InstanceId)).to.equal(undefined);
    expect(await refusal(look(ec2, InstanceId))).to.match(/^InvalidInstanceID\.NotFound 400: The instance ID 'i-\w+' does not exist$/);
  });

  it('shows new things late, by id and in lists', async () => {
    await cloud.behave({ unseenById: 2, unseenInLists: 3 });
    const { InstanceId } = await launch(ec2, { ImageId });
    expect(await refusal(look(ec2, InstanceId))).to.match(/^InvalidInstanceID\.NotFound/);
    expect(await refusal(terminate(ec2, InstanceId))).to.match(/^InvalidInstanceID\.NotFound/);
    expect((await look(ec2, InstanceId))?.State?.Name).to.equal('pending');
    const listed = async () => (await ec2.send(new DescribeInstancesCommand({}))).Reservations?.length;
    expect([await listed(), await listed(), await listed(), await listed()]).to.deep.equal([0, 0, 0, 1]);
  });

  it('tells what was called, without what is secret', async () => {
    await launch(ec2, { ImageId, UserData: Buffer.from('secret of a host').toString('base64') });
    const [call] = (await cloud.calls()).filter(({ action }) => action === 'RunInstances');
    expect(call).to.include({ service: 'ec2', account: '111122223333', region: 'us-east-1', outcome: 'ok' });
    expect(call?.params).to.include({ InstanceType: 't3.micro', UserData: `24 characters, sha256 ${sha256OfUserData}` });
    expect((await cloud.instances())[0]?.userData).to.equal('c2VjcmV0IG9mIGEgaG9zdA==');
  });

  it('forgets everything at a reset, at once', async () => {
    for (let n = 0; n < 10; n++) await launch(ec2, { ImageId });
    const start = performance.now();
    await cloud.reset();
    expect(performance.now() - start).to.be.below(1000);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.calls()).to.deep.equal([]);
  });

  it('waits for a call that comes later', async () => {
    const waiting = cloud.calledUntil('RunInstances', { answered: true });
    await launch(ec2, { ImageId });
    expect(await waiting).to.equal(true);
    expect(await cloud.calledUntil('StopInstances', { seconds: 0 })).to.equal(false);
  });
});

const sha256OfUserData = '1706f7c5a5aeac2cc5ee0729df7a957aeba7cd640596485e134e94fc51104d04';
