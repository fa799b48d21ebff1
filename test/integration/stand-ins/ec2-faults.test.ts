import { DescribeInstancesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeParametersCommand, GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';

import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { kinds, launch, look, oneAttempt, refusal, ubuntu } from './ec2-cloud.js';

describe('what goes wrong at the stand-in for EC2', () => {
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

  const run = () => launch(ec2, { ImageId });
  const outcomes = async () => (await cloud.calls()).filter(({ service }) => service === 'ec2').map(({ outcome }) => outcome);

  it('comes by action and occurrence', async () => {
    await cloud.fault({ action: 'RunInstances', nth: 2, times: 2, kind: 'error', code: 'Unavailable', status: 503 });
    await run();
    expect(await refusal(run())).to.match(/^Unavailable 503/);
    await ec2.send(new DescribeInstancesCommand({}));
    expect(await refusal(run())).to.match(/^Unavailable 503/);
    await run();
    await cloud.fault({ kind: 'error', times: null });
    expect(await refusal(ec2.send(new DescribeInstancesCommand({})))).to.match(/^InternalError 500/);
    await cloud.clearFaults();
    await run();
  });

  it('loses the answer of what was carried out: the SDK asks again with its token and gets the same instance', async () => {
    await cloud.fault({ action: 'RunInstances', kind: 'lost' });
    await launch(new EC2Client(cloud.client()), { ImageId });
    expect(await outcomes()).to.deep.equal(['lost', 'ok']);
    expect(await kinds(cloud)).to.deep.equal(['instance', 'interface', 'volume']);
    await cloud.fault({ action: 'RunInstances', kind: 'lost' });
    expect(await refusal(run())).to.match(/ no answer: /);
    expect(await kinds(cloud)).to.have.length(6);
  });

  it('answers an error after the work was done, or cuts the connection before', async () => {
    await cloud.fault({ action: 'RunInstances', kind: 'error', after: true, code: 'InternalError' });
    expect(await refusal(run())).to.match(/^InternalError 500/);
    expect(await kinds(cloud)).to.have.length(3);
    await cloud.fault({ action: 'RunInstances', kind: 'reset' });
    expect(await refusal(run())).to.match(/ no answer: .*(ECONNRESET|socket hang up)/);
    expect(await kinds(cloud)).to.have.length(3);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('hangs until it is let go', async () => {
    await cloud.fault({ action: 'DescribeInstances', kind: 'hang' });
    const hanging = refusal(ec2.send(new DescribeInstancesCommand({})));
    await cloud.calledUntil('DescribeInstances');
    await run();
    await cloud.clearFaults();
    expect(await hanging).to.match(/ no answer: /);
  });

  it('is throttled by account and region', async () => {
    await cloud.behave({ perSecond: 0.001, burst: 2 });
    const ask = (region: string) => oneAttempt(cloud, firstKey, region).send(new DescribeInstancesCommand({}));
    await ask('us-east-1');
    await ask('us-east-1');
    expect(await refusal(ask('us-east-1'))).to.match(/^RequestLimitExceeded 503: Request limit exceeded/);
    await ask('eu-west-1');
  });

  it('is a wrong, an expired or a foreign key', async () => {
    const ask = (key: typeof firstKey, region?: string) => oneAttempt(cloud, key, region).send(new DescribeInstancesCommand({}));
    expect(await refusal(ask({ ...firstKey, secret: 'wrong' }))).to.match(/^AuthFailure 401: AWS was not able to validate/);
    expect(await refusal(ask({ ...firstKey, id: 'AKIASTANDIN000000009' }))).to.match(/^AuthFailure 401/);
    expect(await refusal(ask({ ...firstKey, token: 'stolen' }))).to.match(/^AuthFailure 401/);
    expect(await refusal(ask(firstKey, 'eu-nowhere-1'))).to.match(/^AuthFailure 401/);
    await cloud.changeKey(firstKey.id, { expired: true });
    expect(await refusal(ask(firstKey))).to.match(/^RequestExpired 400/);
    const ssm = new SSMClient({ ...cloud.client(), maxAttempts: 1 });
    expect(await refusal(ssm.send(new GetParameterCommand({ Name: 'x' })))).to.match(/^ExpiredTokenException 400/);
  });

  it('is a missing right, also for the tags in a creating call', async () => {
    const Statement = [{ Effect: 'Allow', Action: ['ec2:RunInstances', 'ec2:Describe*'] }] as const;
    await cloud.changeKey(firstKey.id, { policy: { Statement } });
    await run();
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'a', Value: 'b' }] }];
    expect(await refusal(launch(ec2, { ImageId, TagSpecifications }))).to.match(/^UnauthorizedOperation 403: .*ec2:CreateTags/);
    await cloud.changeKey(firstKey.id, { policy: { Statement: [...Statement, { Effect: 'Deny', Action: 'ec2:DescribeInstances' }] } });
    expect(await refusal(ec2.send(new DescribeInstancesCommand({})))).to.match(/^UnauthorizedOperation 403/);
    await cloud.changeKey(firstKey.id, { policy: null });
    await launch(ec2, { ImageId, TagSpecifications });
  });

  it('is a request that the model of AWS does not have: it is refused and counted', async () => {
    const raw = (params: Record<string, string>) => {
      const client = oneAttempt(cloud);
      // The SDK never sends these by itself.
      client.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { body: string };
          request.body += `&${new URLSearchParams(params).toString()}`;
          return next(args);
        },
        { step: 'build', priority: 'high' },
      );
      return refusal(client.send(new DescribeInstancesCommand({})));
    };
    expect(await raw({ Colour: 'red' })).to.match(/^UnknownParameter 400: The parameter Colour is not recognized/);
    expect(await raw({ MaxResults: 'many' })).to.match(/^InvalidParameterValue 400: .*is no integer/);
    expect(await raw({ 'InstanceId.2': 'i-00000000' })).to.match(/^InvalidParameter 400: InstanceId is not a list/);
    expect((await cloud.violations()).map(({ code }) => code)).to.deep.equal([
      'UnknownParameter',
      'InvalidParameterValue',
      'InvalidParameter',
    ]);
  });

  it('is a call that is not played: it is refused and counted', async () => {
    const ssm = new SSMClient({ ...cloud.client(), maxAttempts: 1 });
    expect(await refusal(ssm.send(new DescribeParametersCommand({})))).to.match(/^InternalError 500: the stand-in does not play/);
    expect(await cloud.violations()).to.have.length(1);
  });

  it('tells the images of vendors by parameter, and no others', async () => {
    const ssm = new SSMClient(cloud.client());
    const Path = '/aws/service/debian/release/13';
    const { Parameters } = await ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }));
    expect(Parameters?.map(({ Name }) => Name)).to.include('/aws/service/debian/release/13/latest/arm64');
    expect(await refusal(ssm.send(new GetParameterCommand({ Name: `${Path}/latest/sparc` })))).to.match(/^ParameterNotFound 400/);
    for (const { Value } of Parameters ?? []) expect(Value).to.match(/^ami-0[\da-f]{16}$/);
    const { Regions } = await ec2.send(new DescribeRegionsCommand({}));
    expect(Regions?.map(({ RegionName }) => RegionName)).to.include('eu-central-1');
    expect(await look(ec2, (await run()).InstanceId)).to.include({ ImageId, Architecture: 'x86_64', RootDeviceName: '/dev/sda1' });
  });
});
