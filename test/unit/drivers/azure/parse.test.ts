import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { checkConfig } from '../../../../drivers/azure/check.js';
import { readConfig } from '../../../../drivers/azure/config.js';
import { flags as specs } from '../../../../drivers/azure/flags.js';
import { parseConfig } from '../../../../drivers/azure/parse.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import { flagValues, withOldDefaults, type FlagValue, type FlagValues } from '../../../../src/base/flags.js';
import type { DriverData } from '../../../../src/driver/contract.js';

const machineDir = '/store/machines/m1';
const subscription = '11111111-2222-4333-8444-555555555555';

function parsed(flags: FlagValues = {}, env: Record<string, string> = {}): DriverData {
  const given = flagValues(specs, { 'azure-subscription-id': subscription, ...flags }, env);
  return parseConfig({ machineName: 'm1', storePath: '/store', machineDir, flags: given });
}

function refusal(flags: FlagValues): TsmachineError {
  try {
    parsed(flags);
  } catch (error) {
    if (TsmachineError.is(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('azure: flags', () => {
  it("become Docker Machine's fields and rancher-machine's, and pass the check", () => {
    const data = parsed({
      'azure-location': 'West Europe',
      'azure-size': ['Standard_D2s_v5', 'Standard_D2as_v5'],
      'azure-availability-zone': ['2', '1'],
      'azure-tags': 'team,blue,cost,7',
      'azure-subnet-prefix': '10.1.2.3/16',
      'azure-open-port': ['80', '53/udp', '9000/*'],
      'azure-no-public-ip': true,
    });
    expect(data).to.include({ Location: 'westeurope', Size: 'Standard_D2s_v5', AvailabilityZone: '2', SubnetPrefix: '10.1.0.0/16' });
    expect(data).to.deep.include({ Tags: { team: 'blue', cost: '7' }, OpenPorts: ['80', '53/udp', '9000/*'], NoPublicIP: true });
    expect(data).to.include({ ClientSecret: '', Environment: 'AzurePublicCloud', Image: 'ubuntu', ResourceGroup: '', AvailabilitySet: '' });
    checkConfig(data, { machineDir });
    expect(readConfig(data).own.sizes).to.deep.equal(['Standard_D2s_v5', 'Standard_D2as_v5']);
  });

  it('come from the variables of Azure, and never hold the secret', () => {
    const env = { AZURE_LOCATION: 'uksouth', AZURE_CLIENT_SECRET: 'very-secret', AZURE_CLIENT_ID: subscription, AZURE_SIZE: 'A_1,B_2' };
    const data = parsed({}, env);
    expect(data).to.include({ Location: 'uksouth', ClientID: subscription, Size: 'A_1' });
    expect(JSON.stringify(data)).not.to.include('very-secret');
  });

  it("have Docker Machine's defaults where scripts of that program rely on them", () => {
    const old = flagValues(withOldDefaults(specs), {}, {});
    expect(old).to.deep.include({ 'azure-allowed-cidr': ['0.0.0.0/0'], 'azure-storage-type': 'Standard_LRS' });
  });

  const wrong: Readonly<Record<string, readonly [FlagValues, RegExp]>> = {
    'no subscription': [{ 'azure-subscription-id': '' }, /^azure driver requires the "azure-subscription-id" option\.$/],
    'a subscription that is none': [{ 'azure-subscription-id': 'mine' }, /--azure-subscription-id must be an id such as/],
    'an unknown cloud': [{ 'azure-environment': 'x' }, /^Invalid Azure environment: "x", supported values: AzurePublicCloud, /],
    'a closed cloud': [{ 'azure-environment': 'AzureGermanCloud' }, /^Invalid Azure environment: "AzureGermanCloud"/],
    'an endpoint in clear': [{ 'azure-endpoint': 'http://arm.example' }, /--azure-endpoint must be an https URL/],
    'a size that is none': [{ 'azure-size': ['big'] }, /--azure-size must be a size such as/],
    'a zone that is none': [{ 'azure-availability-zone': ['westus-1'] }, /--azure-availability-zone must be the number of a zone/],
    'a login that Azure forbids': [{ 'azure-ssh-user': 'admin' }, /--azure-ssh-user must be .*forbids/],
    'an image that is none': [{ 'azure-image': 'a:b' }, /--azure-image must be ubuntu or debian/],
    'a prefix that is too small': [{ 'azure-subnet-prefix': '10.0.0.0/30' }, /--azure-subnet-prefix must be an IPv4 network/],
    'tags in odd number': [{ 'azure-tags': 'a,1,b' }, /--azure-tags "a,1,b" has a key without a value/],
    'a reserved tag': [{ 'azure-tags': 'tsmachine.store,1' }, /which is reserved/],
    'an identity that is none': [{ 'azure-identity': ['me'] }, /--azure-identity must be "system"/],
    'a fallback without spot': [{ 'azure-spot-fallback': true }, /using --azure-spot-fallback also requires --azure-spot/],
    'a zone and a set': [{ 'azure-availability-zone': ['1'], 'azure-availability-set': 's' }, /exclude each other/],
    'a name without an address': [{ 'azure-dns': 'web', 'azure-no-public-ip': true }, /exclude each other/],
    'an ephemeral disk that is to be kept': [{ 'azure-ephemeral-disk': true, 'azure-spot': true }, /--azure-eviction-policy Delete/],
    'a resource group of 91 letters': [{ 'azure-resource-group': 'g'.repeat(91) }, /--azure-resource-group must be/],
  };
  for (const [what, [flags, words]] of Object.entries(wrong))
    it(`are refused: ${what}`, () => expect(refusal(flags).message).to.match(words));

  it('stand in the table of docs/azure.md, each with its variable, default and use', () => {
    const page = readFileSync(new URL('../../../../docs/azure.md', import.meta.url), 'utf8');
    const shown = (value: FlagValue | undefined): string => {
      const words = typeof value === 'object' ? value : value === undefined || value === '' || value === false ? [] : [value];
      return words.map((one) => `\`${one}\``).join(', ');
    };
    const rows = specs.map(({ name, env, default: otherwise, usage, values }) => {
      const uses = values === undefined ? usage : `${usage}: ${values.map((value) => `\`${value}\``).join(', ')}`;
      return `| \`--${name}\` | ${shown(env)} | ${shown(otherwise)} | ${uses} |`;
    });
    expect(page.split('\n').filter((line) => line.startsWith('| `--azure-') && line.split(' | ').length > 3)).to.deep.equal(rows);
  });
});

describe('azure: data from disk', () => {
  const refuses = (field: string, value: unknown, own = false) => {
    const data = parsed();
    const changed = own ? { ...data, Own: { ...(data['Own'] as object), [field]: value } } : { ...data, [field]: value };
    expect(() => checkConfig(changed, { machineDir }), `${field} ${JSON.stringify(value)}`).to.throw(
      new RegExp(`Driver\\.(Own has a field )?${field}`),
    );
  };

  it('is refused where it is none of ours', () => {
    refuses('SubscriptionID', '../x');
    refuses('ResourceGroup', 'a/b');
    refuses('Environment', 'Mars');
    refuses('Tags', ['a']);
    refuses('SSHKeyPath', '/etc/passwd');
    for (const value of ['https://evil.example', '/subscriptions/x', `/subscriptions/${subscription}/resourceGroups/a/providers/B/c/d`])
      refuses('vmId', value, true);
    refuses('endpoint', 'http://arm.example', true);
  });

  it("of Docker Machine's is read with the names that program gave", () => {
    const data = { MachineName: 'old', SubscriptionID: subscription, ResourceGroup: 'docker-machine', Location: 'westus', OpenPorts: null };
    checkConfig(data, { machineDir });
    const { own } = readConfig({ ...data, Own: { stopped: true } });
    expect(readConfig(data).own.vmId).to.equal(own.vmId);
    const within = `/subscriptions/${subscription}/resourceGroups/docker-machine/providers`;
    expect(own.vmId).to.equal(`${within}/Microsoft.Compute/virtualMachines/old`);
    expect(own.interfaceId).to.equal(`${within}/Microsoft.Network/networkInterfaces/old-nic`);
    expect(own.addressId).to.equal(`${within}/Microsoft.Network/publicIPAddresses/old-ip`);
    expect(own.groupId).to.equal(`${within}/Microsoft.Network/networkSecurityGroups/old-firewall`);
  });
});
