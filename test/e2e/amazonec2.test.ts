import { BackedInstances } from '../stand-ins/ec2/backed.js';
import { ec2StandIn } from '../stand-ins/ec2/index.js';
import { describeLife, readable } from './cloud-life.js';

describeLife({
  driver: 'amazonec2',
  user: 'ubuntu',
  open: ec2StandIn,
  back: (cloud, lab) => new BackedInstances(cloud, lab),
  keepsAddress: false,
  userData: async (cloud) => (await cloud.instances()).map(({ userData }) => readable(Buffer.from(userData ?? '', 'base64'))),
});
