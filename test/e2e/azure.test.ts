import { expect } from 'chai';

import { BackedMachines } from '../stand-ins/arm/backed.js';
import { armStandIn } from '../stand-ins/arm/index.js';
import { describeLife, readable } from './cloud-life.js';

describeLife({
  driver: 'azure',
  user: 'docker-user',
  open: armStandIn,
  back: (cloud, lab) => new BackedMachines(cloud, lab),
  keepsAddress: true,
  userData: async (cloud) => (await cloud.machines()).map(({ customData }) => readable(Buffer.from(customData ?? '', 'base64'))),
  async whileStopped(cloud) {
    expect((await cloud.machines()).map(({ power }) => power)).to.deep.equal(['deallocated', 'deallocated']);
  },
});
