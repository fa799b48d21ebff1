import { expect } from 'chai';

import { openGoogleWith, type Action, type Caller, type Input } from '../../../drivers/google/api.js';
import { placeOf } from '../../../drivers/google/credentials.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { limiter } from '../../../src/machine/access/limit.js';
import { firstProject, gceStandIn, type Fault, type GceStandIn } from '../../stand-ins/gce/index.js';
import { credentialOf, forgetSecrets, loadBundle } from './driver-world.js';

describe('google: calls that fail', () => {
  let cloud: GceStandIn;
  before(async function () {
    cloud = await gceStandIn(this);
    await open().call('projects.get', {}); // the bundle is loaded
  });
  after(forgetSecrets);
  beforeEach(() => cloud.reset());
  afterEach(() => cloud.clearFaults());

  /** As in the program, but nothing takes long. */
  function open(retries = 3, signal = new AbortController().signal) {
    const times = { attempt: 300, total: 2000, pause: 5 };
    const pace = { together: 8, tries: 4, firstPause: 10, longestPause: 50, firstSpacing: 5, widestSpacing: 50 };
    const limited = limiter(pace);
    const io = { info: () => undefined, warn: () => undefined, debug: () => undefined, progress: () => undefined };
    const ctx: Caller = { signal, io, limit: (account, use) => limited(account, use, signal) };
    const data = { Project: firstProject, Own: { endpoint: cloud.url, retries } };
    return openGoogleWith(() => times, loadBundle)(placeOf(data, credentialOf(cloud)), ctx);
  }

  const faults: Readonly<Record<string, Fault>> = {
    throttling: { kind: 'throttle' },
    'HTTP 500': { kind: 'error', status: 500 },
    'HTTP 503': { kind: 'error', status: 503 },
    'a reset connection': { kind: 'reset' },
    'a call that hangs': { kind: 'hang' },
  };
  const firewallResource = {
    name: 'f',
    network: 'global/networks/default',
    allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
    sourceRanges: ['192.0.2.0/24'],
  };
  const asked: { readonly [A in Action]?: Input<A> } = {
    'instances.aggregatedList': {},
    'images.getFromFamily': { project: 'ubuntu-os-cloud', family: 'ubuntu-2404-lts-amd64' },
    'firewalls.insert': { firewallResource, requestId: '11111111-1111-4111-8111-111111111111' },
  };

  for (const action of Object.keys(asked) as (keyof typeof asked)[])
    for (const [what, fault] of Object.entries(faults))
      it(`${action} succeeds after ${what}, and is one error when it lasts`, async () => {
        await cloud.fault({ ...fault, action });
        await open().call(action, asked[action] as Input<typeof action>);
        await cloud.fault({ ...fault, action, times: null });
        const error: unknown = await open()
          .call(action, asked[action] as Input<typeof action>)
          .catch((thrown: unknown) => thrown);
        if (!TsmachineError.is(error)) throw new Error('it was not refused', { cause: error });
        expect(error.message).to.include(action).and.include('Compute Engine (project ');
        expect(error.code).to.equal(fault.kind === 'throttle' ? 'PROVIDER_BUSY' : 'DRIVER_FAILED');
        if (fault.kind === 'reset' || fault.kind === 'hang') {
          expect(error.message).to.include(`at ${new URL(cloud.url).host}: `);
          expect(plain(error.hint ?? '')).to.match(/Check the network/);
        }
        expect(await cloud.inventory()).to.have.length(action === 'firewalls.insert' ? 1 : 0);
      });

  it('make one thing although the answer was lost', async () => {
    await cloud.fault({ kind: 'lost', action: 'firewalls.insert' });
    const { name = '' } = await open().call('firewalls.insert', asked['firewalls.insert'] as Input<'firewalls.insert'>);
    expect(name).to.match(/^operation-/);
    expect(await cloud.inventory()).to.have.length(1);
  });

  it('are never repeated with --google-retries -1', async () => {
    await cloud.fault({ kind: 'error', action: 'projects.get', status: 503 });
    const error: unknown = await open(-1)
      .call('projects.get', {})
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'DRIVER_FAILED');
  });

  it('end with the signal at once, and nothing is under way then', async () => {
    await cloud.fault({ kind: 'hang', action: 'projects.get', times: null });
    const controller = new AbortController();
    const asking = open(3, controller.signal).call('projects.get', {});
    expect(await cloud.calledUntil('projects.get')).to.equal(true);
    controller.abort(new Error('enough'));
    expect(await asking.catch((thrown: unknown) => (thrown as Error).message)).to.equal('enough');
  });

  it('keep numbers of 64 bits exact', async () => {
    const { id = '' } = (await open().call('firewalls.insert', asked['firewalls.insert'] as Input<'firewalls.insert'>)) as { id?: string };
    expect(BigInt(id) > BigInt(Number.MAX_SAFE_INTEGER)).to.equal(true);
    expect(id).not.to.match(/0000$/);
  });
});
