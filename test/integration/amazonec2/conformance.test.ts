import { expect } from 'chai';

import { DescribeAddressesCommand, DescribeInstancesCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';

import amazonec2 from '../../../drivers/amazonec2/index.js';
import { runDriverConformance } from '../../../src/driver/kit/conformance.js';
import type { AccountContext } from '../../../src/driver/contract.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { driverOn, emptyFolder, flagsFor, secretsOf } from './driver-world.js';

describe('amazonec2 on a stand-in for EC2', () => {
  let cloud: Ec2StandIn;
  let restore: () => void;

  before(async function () {
    cloud = await ec2StandIn(this);
    const known = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = cloud.url; // what belongs to no machine is looked for by the variables of AWS alone
    restore = () => {
      if (known === undefined) delete process.env['AWS_ENDPOINT_URL'];
      else process.env['AWS_ENDPOINT_URL'] = known;
    };
  });

  after(async () => {
    restore();
    expect(await cloud.violations()).to.deep.equal([]);
  });

  runDriverConformance(amazonec2, {
    async makeWorld(around) {
      // what was made is not seen for some calls, as in EC2
      await cloud.reset({ unseenInLists: 2, unseenById: 1, pending: 1, stopping: 0, shuttingDown: 2, forget: 3 });
      const { dir, close } = await emptyFolder();
      return {
        dir,
        files: computerFiles,
        flags: flagsFor(cloud),
        samples: {
          'amazonec2-region': 'eu-central-1',
          'amazonec2-zone': ['b'],
          'amazonec2-endpoint': 'http://127.0.0.1:1',
          'amazonec2-allowed-cidr': ['198.51.100.0/24'],
          'amazonec2-image': 'debian',
          'amazonec2-ami': 'ami-0123456789abcdef0',
          'amazonec2-instance-type': ['t3.small'],
          'amazonec2-cpu-credits': 'standard',
          'amazonec2-tenancy': 'dedicated',
          'amazonec2-tags': 'a,1',
          'amazonec2-spot-price': '0.01',
          'amazonec2-device-name': '/dev/xvda',
          'amazonec2-volume-type': 'gp2',
          'amazonec2-open-port': ['80'],
          'amazonec2-address-lookup': 'https://address.example',
          'amazonec2-elastic-ip': 'new',
          'amazonec2-http-endpoint': 'disabled',
          'amazonec2-http-tokens': 'optional',
          'amazonec2-http-protocol-ipv6': 'enabled',
          'amazonec2-kms-key': 'alias/mine',
        },
        secrets: secretsOf(),
        account: () => ({ ask: () => Promise.resolve(undefined) }),
        open: () => {
          const driver = driverOn(around);
          // leftovers are looked for much later: what was made is shown by then
          const leftovers = async (ctx: AccountContext) => {
            await someTime(cloud);
            return (await driver.leftovers?.(ctx)) ?? [];
          };
          return { ...driver, leftovers };
        },
        inventory: () => cloud.inventory(),
        machines: async () => (await cloud.instances()).filter(({ shown }) => !/shutting-down|terminated/.test(shown.State.Name)).length,
        close,
      };
    },
  });
});

/** The stand-in's time goes on with every look. */
async function someTime(cloud: Ec2StandIn): Promise<void> {
  const ec2 = new EC2Client(cloud.client());
  for (let looks = 0; looks < 2; looks += 1) {
    await ec2.send(new DescribeInstancesCommand({}));
    await ec2.send(new DescribeSecurityGroupsCommand({}));
    await ec2.send(new DescribeAddressesCommand({}));
  }
}
