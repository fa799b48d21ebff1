import { expect } from 'chai';

import azure from '../../../drivers/azure/index.js';
import { runDriverConformance } from '../../../src/driver/kit/conformance.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { armStandIn, firstPrincipal, firstSubscription, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { accountSecrets, driverOn, emptyFolder, flagsFor } from './driver-world.js';

describe('azure on a stand-in for Azure Resource Manager', () => {
  let cloud: ArmStandIn;

  before(async function () {
    cloud = await armStandIn(this);
  });

  after(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const id = (type: string) => `/subscriptions/${firstSubscription}/resourceGroups/mine/providers/${type}`;

  runDriverConformance(azure, {
    async makeWorld(around) {
      await cloud.reset({ pending: 1 });
      const { dir, close } = await emptyFolder();
      return {
        dir,
        files: computerFiles,
        flags: { ...flagsFor(cloud), 'azure-client-id': firstPrincipal.client },
        samples: {
          'azure-subscription-id': '99999999-2222-4333-8444-555555555555',
          'azure-tenant-id': 'contoso.onmicrosoft.com',
          'azure-client-id': '88888888-2222-4333-8444-555555555555',
          'azure-environment': 'AzureChinaCloud',
          'azure-endpoint': 'https://arm.example',
          'azure-authority': 'https://login.example',
          'azure-location': 'northeurope',
          'azure-availability-zone': ['2'],
          'azure-image': 'debian',
          'azure-plan': 'p:o:n',
          'azure-size': ['Standard_D2s_v5'],
          'azure-tags': 'a,1',
          'azure-identity': ['system'],
          'azure-spot-max-price': '0.01',
          'azure-eviction-policy': 'Delete',
          'azure-storage-type': 'Premium_LRS',
          'azure-fault-domain-count': 2,
          'azure-subnet-prefix': '10.1.0.0/16',
          'azure-nsg': id('Microsoft.Network/networkSecurityGroups/mine'),
          'azure-open-port': ['80'],
          'azure-allowed-cidr': ['198.51.100.0/24'],
          'azure-address-lookup': 'https://address.example',
          'azure-private-ip-address': '192.168.1.9',
          'azure-dns': 'label',
        },
        secrets: { 'azure-client-secret': firstPrincipal.secret ?? '' },
        account: () => ({ secrets: accountSecrets(cloud) }),
        open: () => driverOn(around),
        inventory: () => cloud.inventory(),
        machines: async () => (await cloud.machines()).length,
        close,
      };
    },
  });
});
