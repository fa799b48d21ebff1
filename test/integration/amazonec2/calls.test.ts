import { expect } from 'chai';

import { openAwsWith, type Action, type Input } from '../../../drivers/amazonec2/api.js';
import { candidatesOf } from '../../../drivers/amazonec2/choose/candidates.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { limiter } from '../../../src/machine/access/limit.js';
import { ec2StandIn, firstKey, type Ec2StandIn, type Fault } from '../../stand-ins/ec2/index.js';
import { caller, configOf } from './ec2-world.js';

describe('amazonec2: calls that fail', () => {
  let cloud: Ec2StandIn;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(() => cloud.reset());
  afterEach(() => cloud.clearFaults());

  /** As in the program, but nothing takes long. */
  function open(retries = 3) {
    const times = { attempt: 300, total: 2000, pause: 5 };
    const pace = { together: 8, tries: 4, firstPause: 10, longestPause: 50, firstSpacing: 5, widestSpacing: 50 };
    const keys = { accessKey: firstKey.id, secretKey: firstKey.secret, sessionToken: '' };
    const ctx = caller();
    const limited = limiter(pace);
    const place = { region: 'eu-central-1', endpoint: cloud.url, insecureTransport: false, retries, profile: '', keys };
    return openAwsWith(() => times)(place, { ...ctx, limit: (account, use) => limited(account, use, ctx.signal) });
  }

  const faults: Readonly<Record<string, Fault>> = {
    throttling: { kind: 'error', code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
    'HTTP 500': { kind: 'error', code: 'InternalError', status: 500 },
    'HTTP 503': { kind: 'error', code: 'Unavailable', message: 'The server is overloaded', status: 503 },
    'a reset connection': { kind: 'reset' },
    'a call that hangs': { kind: 'hang' },
  };
  const asked: { readonly [A in Action]?: Input<A> } = {
    DescribeInstances: {},
    DescribeSubnets: {},
    DescribeImages: { Owners: ['amazon'] },
    DescribeInstanceTypes: { InstanceTypes: ['t3.micro'] },
    DescribeInstanceTypeOfferings: {},
    GetParameters: { Names: ['/aws/service/debian/release/13/latest/amd64'] },
    RunInstances: { MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', ClientToken: 'once' },
  };

  async function call(action: Action) {
    const ec2 = open();
    if (action !== 'RunInstances') return ec2.call(action, asked[action] as Input<typeof action>);
    const [{ image }] = await candidatesOf(configOf(cloud), ec2);
    return ec2.call('RunInstances', { MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', ClientToken: 'once', ImageId: image.id });
  }

  for (const action of Object.keys(asked) as Action[]) {
    for (const [what, fault] of Object.entries(faults)) {
      it(`${action} succeeds after ${what}, and is one error when it lasts`, async () => {
        await cloud.fault({ ...fault, action });
        await call(action);
        await cloud.fault({ ...fault, action, times: null });
        const error: unknown = await call(action).catch((thrown: unknown) => thrown);
        if (!TsmachineError.is(error)) throw new Error('it was not refused');
        expect(error.message).to.include(action).and.include('in eu-central-1');
        if (fault.kind === 'error') expect(error.message).to.match(new RegExp(`\\(${fault.code ?? ''}, request [\\w-]+\\)$`));
        else expect(error.message).to.match(/could not be asked for \w+: .*(ECONNRESET|no answer|hang up)/);
        if (fault.kind === 'error' && fault.code === 'RequestLimitExceeded') expect(error.code).to.equal('PROVIDER_BUSY');
        if (fault.kind !== 'error') expect(plain(error.hint ?? '')).to.match(/Check the network/);
        const instances = (await cloud.inventory()).filter((line) => /\bi-/.test(line));
        expect(instances.length, instances.join('\n')).to.equal(action === 'RunInstances' ? 1 : 0);
      });
    }
  }

  it('RunInstances makes one instance although its answer was lost', async () => {
    await cloud.fault({ kind: 'lost', action: 'RunInstances' });
    await call('RunInstances');
    expect(await cloud.instances()).to.have.length(1);
  });

  it('goes to no second attempt where there is no capacity', async () => {
    await cloud.exhaust([{}]);
    const error: unknown = await call('RunInstances').catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.include('InsufficientInstanceCapacity');
    expect((await cloud.calls()).filter(({ action }) => action === 'RunInstances')).to.have.length(1);
  });

  it('is never repeated with --amazonec2-retries -1', async () => {
    await cloud.fault({ kind: 'error', action: 'DescribeInstances', code: 'InternalError', status: 500 });
    expect(
      await open(0)
        .call('DescribeInstances', {})
        .catch((thrown: unknown) => thrown),
    ).to.have.property('code', 'DRIVER_FAILED');
  });

  it('all succeed under a limit of five a second', async () => {
    await cloud.behave({ perSecond: 50, burst: 5 });
    const ec2 = open();
    const results = await Promise.all(Array.from({ length: 60 }, () => ec2.call('DescribeInstances', {})));
    expect(results).to.have.length(60);
    expect((await cloud.calls()).some(({ outcome }) => outcome === 'RequestLimitExceeded')).to.equal(true);
  });
});
