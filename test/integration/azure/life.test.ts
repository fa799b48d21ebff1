import { expect } from 'chai';

import { armStandIn, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

describe('azure: the life of a machine', () => {
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

  it('makes it, looks at it, and removes it with everything', async () => {
    const machine = await bench.machine('m1');
    await machine.precheck();
    await machine.create();
    const look = await machine.look();
    expect(look.state).to.equal('Running');
    expect(look.addresses.map(({ scope }) => scope)).to.deep.equal(['public', 'private']);
    expect(look.dockerUrl).to.equal(`tcp://${look.addresses[0]?.ip ?? ''}:2376`);
    expect(machine.memory.data['IPAddress']).to.equal(look.addresses[0]?.ip);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  });
});
