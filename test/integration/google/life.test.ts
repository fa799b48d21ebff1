import { expect } from 'chai';

import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench } from './bench.js';
import { forgetSecrets } from './driver-world.js';

describe('google: the life of a machine', () => {
  let cloud: GceStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  it('create, look, stop, start, rm: the project is empty again', async () => {
    const machine = await bench.machine('m1');
    await machine.precheck();
    await machine.create();
    const look = await machine.look();
    expect(look.state).to.equal('Running');
    expect(look.dockerUrl).to.match(/^tcp:\/\/[\d.]+:2376$/);
    await machine.stop();
    expect((await machine.look()).state).to.equal('Stopped');
    await machine.start();
    expect((await machine.look()).state).to.equal('Running');
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  });
});
