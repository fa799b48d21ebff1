import { expect } from 'chai';

import google from '../../../drivers/google/index.js';
import { runDriverConformance } from '../../../src/driver/kit/conformance.js';
import type { AccountContext } from '../../../src/driver/contract.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { credentialOf, driverOn, emptyFolder, flagsFor, forgetSecrets, secretsOf } from './driver-world.js';

describe('google on a stand-in for Compute Engine', () => {
  let cloud: GceStandIn;

  before(async function () {
    cloud = await gceStandIn(this);
  });

  after(async () => {
    await forgetSecrets();
    expect(await cloud.violations()).to.deep.equal([]);
  });

  runDriverConformance(google, {
    async makeWorld(around) {
      await cloud.reset({ unseenInLists: 2, looks: 2, waits: 1 });
      const { dir, close } = await emptyFolder();
      return {
        dir,
        files: computerFiles,
        flags: flagsFor(cloud),
        samples: {
          'google-project': 'another-project',
          'google-zone': ['europe-west1-b'],
          'google-endpoint': 'http://127.0.0.1:1',
          'google-allowed-cidr': ['198.51.100.0/24'],
          'google-image': 'debian',
          'google-machine-image': 'ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20261105',
          'google-machine-type': ['e2-small'],
          'google-service-account': 'none',
          'google-scopes': 'compute-ro',
          'google-accelerator': 'nvidia-tesla-t4',
          'google-vm-labels': 'a,1',
          'google-network': 'other',
          'google-subnetwork': 'other',
          'google-disk-type': 'pd-ssd',
          'google-disk-kms-key': 'projects/my-project/locations/global/keyRings/r/cryptoKeys/k',
          'google-tags': 'web',
          'google-address': 'new',
          'google-network-tier': 'standard',
          'google-open-port': ['80'],
          'google-address-lookup': 'https://address.example',
          'google-impersonate-service-account': 'robot@my-project.iam.gserviceaccount.com',
        },
        secrets: credentialOf(cloud),
        account: () => ({ ask: () => Promise.resolve(undefined), secrets: secretsOf(cloud) }),
        open: () => {
          const driver = driverOn(around);
          // leftovers are looked for much later: what was made is in every list by then
          const leftovers = async (ctx: AccountContext) => {
            for (let looks = 0; looks < 2; looks += 1) await driver.leftovers?.(ctx);
            return (await driver.leftovers?.(ctx)) ?? [];
          };
          return { ...driver, leftovers };
        },
        inventory: () => cloud.inventory(),
        machines: async () => (await cloud.instances()).length,
        close,
      };
    },
  });
});
