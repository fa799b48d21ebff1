import { BackedInstances } from '../stand-ins/gce/backed.js';
import { gceStandIn } from '../stand-ins/gce/index.js';
import { describeLife } from './cloud-life.js';

describeLife({
  driver: 'google',
  user: 'docker-user',
  open: gceStandIn,
  back: (cloud, lab) => new BackedInstances(cloud, lab),
  keepsAddress: false,
  userData: async (cloud) => (await cloud.instances()).map(({ metadata }) => metadata['user-data'] ?? ''),
});
