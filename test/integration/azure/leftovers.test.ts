import { expect } from 'chai';

import { armStandIn, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

describe('azure: what is left over in a subscription', () => {
  let cloud: ArmStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await armStandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  it('is listed with two calls, a machine without what goes with it, and removed in that order', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    const account = bench.account();
    const before = (await cloud.calls()).length;
    const found = (await bench.driver.leftovers?.(account)) ?? [];
    expect(await bench.actions(before)).to.have.length(2);
    expect(found.map(({ kind }) => kind)).to.deep.equal([
      'Azure virtual machine',
      'Azure security group',
      'Azure virtual network',
      'Azure resource group',
    ]);
    expect(found[0]?.owner).to.deep.equal(machine.memory.owner);
    const [first] = found;
    if (first) await bench.driver.discard?.({ ...first, owner: { store: 'another' } }, account);
    expect(await cloud.machines()).to.have.length(1);
    for (const leftover of found) await bench.driver.discard?.(leftover, account);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('needs a subscription, and says with whose credentials it is looked for', async () => {
    bench.secrets = { ...bench.secrets, 'azure-subscription-id': '' };
    const error: unknown = await Promise.resolve()
      .then(() => bench.driver.leftovers?.(bench.account()))
      .catch((thrown: unknown) => thrown);
    expect(String(error)).to.include('azure driver requires the "azure-subscription-id" option.');
    expect(bench.driver.credentials?.({})).to.equal('the usual credentials of Azure, in no subscription');
  });
});
