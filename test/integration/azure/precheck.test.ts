import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import type { FlagValues } from '../../../src/driver/contract.js';
import { armStandIn, firstPrincipal, firstSubscription, firstTenant, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

const elsewhere = '99999999-2222-4333-8444-555555555555';

describe('azure: what is refused before anything is made', () => {
  let cloud: ArmStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await armStandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({
      subscriptions: [
        { id: firstSubscription },
        { id: '22222222-2222-4333-8444-555555555555', state: 'Disabled' },
        { id: '33333333-2222-4333-8444-555555555555', unregistered: ['Microsoft.Compute'] },
      ],
      principals: [firstPrincipal],
    });
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  async function refusal(
    flags: FlagValues,
    name = 'm1',
  ): Promise<{ readonly message: string; readonly hint: string; readonly code: string }> {
    const machine = await bench.machine(name, flags);
    const error: unknown = await machine
      .precheck()
      .then(
        () => machine.create(),
        (thrown: unknown) => Promise.reject(thrown as Error),
      )
      .catch((thrown: unknown) => thrown);
    if (!TsmachineError.is(error)) throw new Error(`not refused: ${String(error)}`);
    expect(await cloud.inventory()).to.deep.equal([]);
    return { message: error.message, hint: plain(error.hint ?? ''), code: error.code };
  }

  const cases: Readonly<Record<string, readonly [FlagValues, RegExp, RegExp]>> = {
    'a subscription that is unknown': [{ 'azure-subscription-id': elsewhere }, /SubscriptionNotFound/, /--azure-subscription-id/],
    'a subscription that is disabled': [
      { 'azure-subscription-id': '22222222-2222-4333-8444-555555555555' },
      /ReadOnlyDisabledSubscription/,
      /is disabled: enable it/,
    ],
    'a namespace that is not registered': [
      { 'azure-subscription-id': '33333333-2222-4333-8444-555555555555' },
      /MissingSubscriptionRegistration/,
      /az provider register --wait --namespace Microsoft\.Compute/,
    ],
    'a location that is unknown': [{ 'azure-location': 'westeuropa' }, /westeuropa/, /Did you mean westeurope\?/],
    'a size that is unknown': [{ 'azure-size': ['Standard_D2s_v55'] }, /has no size Standard_D2s_v55/, /Did you mean Standard_D2s_v5\?/],
    'a zone that the size is not in': [
      { 'azure-location': 'westus', 'azure-availability-zone': ['1'], 'azure-size': ['Standard_D2s_v5'] },
      /Standard_D2s_v5: it is in no zone here/,
      /--azure-availability-zone/,
    ],
    'an image that is unknown': [
      { 'azure-image': 'Canonical:UbuntuServer:16.04.0-LTS:latest' },
      /--azure-image/,
      /--azure-image ubuntu is the newest/,
    ],
    'a version that is unknown': [{ 'azure-image': 'ubuntu:17.04' }, /Canonical has no image for ubuntu:17\.04/, /There is 26\.04/],
    'an image that does not boot on the size': [
      { 'azure-image': 'Debian:debian-13:13-arm64:latest', 'azure-size': ['Standard_D2s_v5'] },
      /is an image for arm64, and Standard_D2s_v5 has x64/,
      /another size/,
    ],
    'an ephemeral disk without room': [
      { 'azure-ephemeral-disk': true, 'azure-size': ['Standard_D2s_v5'] },
      /it has no room for an ephemeral disk/,
      /--azure-size/,
    ],
    'a spot machine of a size without any': [
      { 'azure-spot': true, 'azure-size': ['Standard_B1s'] },
      /there are no spot machines of it/,
      /--azure-size/,
    ],
    'a network in a group without it': [
      { 'azure-vnet': 'nowhere:net' },
      /There is no virtual network net in the resource group nowhere/,
      /^/,
    ],
    'a security group that does not exist': [
      { 'azure-nsg': `/subscriptions/${firstSubscription}/resourceGroups/x/providers/Microsoft.Network/networkSecurityGroups/y` },
      /There is no security group .*\/y/,
      /--azure-nsg/,
    ],
    'a proximity group that does not exist': [{ 'azure-proximity-group': 'near' }, /There is no proximity placement group near/, /^/],
    'a file for cloud-init that is not there': [
      { 'azure-custom-data': '/nowhere/x' },
      /There is no file \/nowhere\/x \(--azure-custom-data\)/,
      /^/,
    ],
    'an image whose terms were not accepted': [
      {
        'azure-image': 'center-for-internet-security-inc:cis-ubuntu:cis-ubuntulinux2404-l1-gen2:latest',
        'azure-size': ['Standard_D2s_v5'],
      },
      /(ResourcePurchaseValidationFailed|MarketplacePurchaseEligibilityFailed)/,
      /az vm image terms accept --urn/,
    ],
  };
  for (const [what, [flags, message, hint]] of Object.entries(cases))
    it(what, async () => {
      const refused = await refusal(flags);
      expect(refused.message).to.match(message);
      expect(refused.hint).to.match(hint);
    });

  it('a name that Azure does not take', async () => {
    expect((await refusal({}, 'm'.repeat(65))).code).to.equal('NAME_INVALID');
    expect((await refusal({}, 'm1-')).message).to.include('ends with a character');
  });

  it('custom data that is too large', async () => {
    const machine = await bench.machine('m1');
    const file = join(machine.machineDir, 'noise');
    await writeFile(file, `#!/bin/sh\n# ${Array.from({ length: 40_000 }, () => Math.random().toString(36)).join('')}`);
    expect((await refusal({ 'azure-custom-data': file })).message).to.match(/^--azure-custom-data .*: .*65535|65,535|64/);
  });

  it('a network of another location', async () => {
    const theirs = await bench.machine('theirs', { 'azure-resource-group': 'mine', 'azure-vnet': 'net', 'azure-nsg': 'wall' });
    await theirs.create();
    for (const [flags, words] of [
      [{ 'azure-vnet': 'net' }, /The virtual network net is in westeurope, and the machine is to be in northeurope/],
      [{ 'azure-nsg': 'wall' }, /The security group wall is in westeurope, and the machine is to be in northeurope/],
      [{ 'azure-vnet': 'net', 'azure-location': 'westeurope', 'azure-subnet': 'machine' }, /has no subnet machine/],
    ] as const) {
      const machine = await bench.machine('m1', { 'azure-resource-group': 'mine', 'azure-location': 'northeurope', ...flags });
      expect(String(await machine.precheck().catch((error: unknown) => error))).to.match(words);
    }
  });

  it('credentials that are none, of nobody, or without the right', async () => {
    bench.secrets = { ...bench.secrets, 'azure-client-secret': 'wrong' };
    const wrong = await refusal({});
    expect(wrong.message).to.match(/could not be asked for .*AADSTS7000215/);
    expect(wrong.hint).to.include('--azure-client-secret');
    expect(wrong.message + wrong.hint).not.to.include('wrong');
    bench.secrets = { ...bench.secrets, 'azure-client-secret': firstPrincipal.secret ?? '', 'azure-tenant-id': '' };
    const found = await bench.machine('m1');
    await found.create(); // the tenant is the subscription's
    expect(await found.remove()).to.deep.equal([]);
    await cloud.changePrincipal(firstPrincipal.client, { role: { actions: ['*/read'] } });
    const reader = await refusal({});
    expect(reader.message).to.match(/AuthorizationFailed/);
    expect(reader.hint).to.match(/Allow Microsoft\.Resources\/subscriptions\/resourceGroups\/write .*docs\/azure\.md/);
    expect(firstTenant).to.match(/^[0-9a-f-]{36}$/);
  });

  it('goes on with a new token when one was revoked, and says so when Azure takes none', async () => {
    const machine = await bench.machine('m1');
    await machine.precheck();
    await cloud.expireTokens();
    await machine.create();
    expect((await machine.look()).state).to.equal('Running');
  });
});
