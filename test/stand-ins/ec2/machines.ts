import { EC2Client, DescribeImagesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';

import { flags as specs } from '../../../drivers/amazonec2/flags.js';
import { parseConfig } from '../../../drivers/amazonec2/parse.js';
import { flagValues } from '../../../src/base/flags.js';
import { silentIo } from '../../../src/base/io.js';
import { ensureAuthority } from '../../../src/certs/authority.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { openStore } from '../../../src/store/store.js';
import { firstKey, type Ec2StandIn } from './index.js';

interface Wanted {
  /** Folder of the store. */
  readonly root: string;
  readonly regions: readonly string[];
  /** How many in each region. */
  readonly each: number;
}

/**
 * Makes machines `REGION-0`, `REGION-1`... in a store, with running instances whose public address is loopback: nothing answers as an
 * engine there, at once.
 */
export async function fillStoreWithInstances(cloud: Ec2StandIn, { root, regions, each }: Wanted): Promise<void> {
  const store = openStore(root);
  for (const [place, region] of regions.entries()) {
    const ids = await running(cloud, region, each);
    for (const [i, id] of ids.entries()) {
      const name = `${region}-${i}`;
      await store.reserve(name);
      if (place === 0 && i === 0) await ensureAuthority(store.paths, { io: silentIo, user: 'stand-in' });
      const flags = flagValues(specs, { 'amazonec2-region': region, 'amazonec2-endpoint': cloud.url }, {});
      const { dir: machineDir } = store.machine(name);
      const driver = { ...parseConfig({ machineName: name, storePath: root, machineDir, flags }), InstanceId: id };
      await store.save({
        name,
        config: newHostConfig({ name, root, driverName: 'amazonec2', driver, engine: {}, serverCertSans: [] }),
      });
    }
  }
}

async function running(cloud: Ec2StandIn, region: string, count: number): Promise<readonly string[]> {
  const ec2 = new EC2Client(cloud.client(firstKey, region));
  try {
    const { Images: images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['099720109477'] }));
    const image = images.find(({ Architecture: architecture }) => architecture === 'x86_64');
    const wanted = { ImageId: image?.ImageId, InstanceType: 't3.micro', MinCount: count, MaxCount: count } as const;
    const { Instances: made = [] } = await ec2.send(new RunInstancesCommand(wanted));
    const ids = made.flatMap(({ InstanceId: id }) => id ?? []);
    for (const id of ids) await cloud.setInstance(id, { state: 'running', publicAddress: '127.0.0.1' });
    return ids;
  } finally {
    ec2.destroy();
  }
}
