import { expect } from 'chai';

import { armStandIn, firstSubscription, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Client, compute, group, machineBody, network, prepare, reason, refusal, rule } from './arm-cloud.js';

const cis = { publisher: 'center-for-internet-security-inc', offer: 'cis-ubuntu', sku: 'cis-ubuntulinux2404-l1-gen2', version: 'latest' };
const plan = { publisher: cis.publisher, product: cis.offer, name: cis.sku };

describe('the stand-in for Azure Resource Manager: what Azure refuses', () => {
  let cloud: ArmStandIn;
  let client: Client;
  const machine = `${compute}/virtualMachines/m1`;
  const make = async (properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
    refusal(await client.send('PUT', machine, { body: machineBody(client, 'm1', { properties, more }) }));
  const fails = async (properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
    reason(client.done('PUT', machine, { body: machineBody(client, 'm1', { properties, more }) }));
  const image = (reference: Record<string, unknown>, disk: Record<string, unknown> = {}) => ({
    storageProfile: { imageReference: reference, osDisk: { createOption: 'FromImage', ...disk } },
  });
  const ubuntu = (sku: string) => ({ publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku, version: 'latest' });
  const login = (change: Record<string, unknown>) => ({
    osProfile: { ...machineBody(client).properties.osProfile, ...change },
  });

  before(async function () {
    cloud = await armStandIn(this);
    await cloud.reset();
    client = new Client(cloud);
    await prepare(client);
  });

  afterEach(async () => {
    await cloud.exhaust([]);
    await cloud.setLimits({});
    if ((await cloud.machines()).length > 0) {
      await cloud.deleteByHand(`${client.root}${machine}`);
      await prepare(client);
    }
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('of machines: size, image, disk, login and custom data that do not fit', async () => {
    const refusals: [string, RegExp][] = [
      [
        await make({ hardwareProfile: { vmSize: 'Standard_A2' } }),
        /^400 InvalidParameter: The value Standard_A2 provided for the VM size is not valid/,
      ],
      [await make(image(ubuntu('server-arm64'))), /^400 BadRequest: .*only supports a CPU Architecture of 'x64'.*'Arm64' was given/],
      [
        await make({ ...image(ubuntu('server')), hardwareProfile: { vmSize: 'Standard_A2_v2' } }),
        /^400 BadRequest: .*cannot boot Hypervisor Generation '2'/,
      ],
      [
        await make(image({ ...ubuntu('server'), offer: 'UbuntuServer' })),
        /^404 PlatformImageNotFound: The platform image 'Canonical:UbuntuServer:server:latest'/,
      ],
      [await make(image(ubuntu('server'), { diskSizeGB: 20 })), /^400 OperationNotAllowed: The specified disk size 20 GB is smaller/],
      [
        await make({
          ...image(ubuntu('server-gen1'), { managedDisk: { storageAccountType: 'Premium_LRS' } }),
          hardwareProfile: { vmSize: 'Standard_D2_v2' },
        }),
        /^400 InvalidParameter: .*Standard_D2_v2 does not support the storage account type Premium_LRS/,
      ],
      [await make(login({ adminUsername: 'root' })), /^400 InvalidParameter: The Admin Username specified is not allowed/],
      [await make(login({ computerName: 'a_b' })), /^400 InvalidParameter: Linux host name cannot exceed/],
      [await make(login({ customData: 'not base64!' })), /^400 InvalidParameter: Custom data in OSProfile must be in Base64/],
      [await make(login({ customData: 'A'.repeat(87_384) })), /^400 InvalidParameter: Custom data in OSProfile must be/],
      [
        await make(login({ linuxConfiguration: { disablePasswordAuthentication: true } })),
        /^400 InvalidParameter: Authentication using either SSH/,
      ],
      [
        await make(image(ubuntu('server'), { caching: 'ReadOnly', diffDiskSettings: { option: 'Local' } })),
        /^409 NotSupported: OS disk of Ephemeral VM with size greater than 0 GB is not allowed for VM size Standard_D2s_v5/,
      ],
      [
        await make({ securityProfile: { encryptionAtHost: true } }),
        /^400 InvalidParameter: .*'Microsoft.Compute\/EncryptionAtHost' feature is not enabled/,
      ],
      [await make({ evictionPolicy: 'Delete' }), /^409 OperationNotAllowed: Eviction policy can be set only/],
      [await make({}, { zones: ['4'] }), /^400 InvalidAvailabilityZone: The zone\(s\) '4'.*'1,2,3'/],
      [await make({}, { location: 'mars' }), /^400 LocationNotAvailableForResourceType: The provided location 'mars'/],
      [
        await make({ networkProfile: { networkInterfaces: [{ id: `${client.root}${network}/networkInterfaces/none` }] } }),
        /^404 NotFound: Resource .*none referenced by resource .*m1 was not found/,
      ],
    ];
    for (const [found, wanted] of refusals) expect(found).to.match(wanted);
    expect(refusal(await client.send('PUT', `${compute}/virtualMachines/-x`, { body: machineBody(client) }))).to.match(
      /^400 InvalidParameter: The entity name/,
    );
    expect(await cloud.machines()).to.deep.equal([]);
  });

  it('of machines that exist: other properties, and a second use of their interface', async () => {
    await client.done('PUT', machine, { body: machineBody(client) });
    expect(await make(login({ customData: 'b3RoZXI=' }))).to.match(
      /^409 PropertyChangeNotAllowed: Changing property 'osProfile.customData' is not allowed/,
    );
    expect(await make({}, { zones: ['1'] })).to.match(/^409 PropertyChangeNotAllowed/);
    expect(await make({}, { location: 'eastus' })).to.match(
      /^409 InvalidResourceLocation: The resource 'm1' already exists in location 'westus2'/,
    );
    const second = { ...machineBody(client), tags: { a: 'b' } };
    expect(refusal(await client.send('PUT', `${compute}/virtualMachines/m2`, { body: second }))).to.match(
      /^400 NicInUse: Network Interface .*m1-nic is used by/,
    );
    expect((await client.send('PUT', machine, { body: machineBody(client) })).status).to.equal(200);
  });

  it('of capacity: at once or late, by size, zone and price', async () => {
    await cloud.exhaust([{ size: 'Standard_D2s_v5', code: 'SkuNotAvailable' }]);
    expect(await make()).to.match(
      /^409 SkuNotAvailable: .*Capacity Restrictions: Standard_D2s_v5' is currently not available in location 'westus2'/,
    );
    const { body } = await client.get(`/providers/Microsoft.Compute/skus?$filter=location eq 'westus2'`);
    const shown = (body['value'] as { name: string; restrictions: unknown[] }[]).find(({ name }) => name === 'Standard_D2s_v5');
    expect(shown?.restrictions).to.have.length(1);
    await cloud.exhaust([{ zone: '2' }, { priority: 'Spot' }]);
    expect(await fails({}, { zones: ['2'] })).to.match(/^200 ZonalAllocationFailed: Allocation failed/);
    expect((await client.get(machine)).body['properties']).to.include({ provisioningState: 'Failed' });
    expect(await make({}, { zones: ['1'] })).to.match(/^409 PropertyChangeNotAllowed/);
    await client.done('DELETE', machine);
    await prepare(client);
    expect(await fails({ priority: 'Spot', evictionPolicy: 'Delete' })).to.match(/^200 AllocationFailed/);
    await client.done('DELETE', machine);
    await prepare(client);
    expect(await fails({}, { zones: ['1'] })).to.equal('done');
  });

  it('of interfaces whose machine could not be made, for a while', async () => {
    await cloud.setLimits({ cores: 1 });
    const nic = `${network}/networkInterfaces/m1-nic`;
    expect(await make()).to.match(/^409 OperationNotAllowed/);
    const other = refusal(await client.send('PUT', `${compute}/virtualMachines/m2`, { body: machineBody(client) }));
    expect(other).to.match(/^400 NicReservedForAnotherVm: .*Reserved VM: .*virtualMachines\/m1$/);
    expect(refusal(await client.send('DELETE', nic))).to.match(/^400 NicReservedForAnotherVm/);
    await client.done('DELETE', nic);
    await prepare(client);
  });

  it('of quotas: all cores, those of a family, addresses', async () => {
    await cloud.setLimits({ cores: 1 });
    expect(await make()).to.match(
      /^409 OperationNotAllowed: .*exceeding approved Total Regional Cores quota.*Current Limit: 1, Current Usage: 0, Additional Required: 2/,
    );
    await cloud.setLimits({ families: { standardDSv5Family: 0 }, addresses: 1 });
    expect(await make()).to.match(/^409 QuotaExceeded: .*exceeding approved standardDSv5Family Cores quota/);
    const body = { location: 'westus2', sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } };
    expect(refusal(await client.send('PUT', `${network}/publicIPAddresses/second`, { body }))).to.match(/^400 PublicIPCountLimitReached/);
  });

  it('of images that are sold, until their terms are accepted', async () => {
    expect(await make(image(cis))).to.match(/^400 VMMarketplaceInvalidInput: .*requires Plan information/);
    expect(await make(image(cis), { plan })).to.match(/^400 MarketplacePurchaseEligibilityFailed/);
    const place = `/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/${cis.publisher}/offers/${cis.offer}/plans/${cis.sku}/agreements/current`;
    const { body } = await client.get(place);
    await client.send('PUT', place, { body: { ...body, properties: { ...(body['properties'] as object), accepted: true } } });
    expect(await fails(image(cis), { plan })).to.equal('done');
  });

  it('of networks: ranges, rules, names, Basic addresses, labels and what is not there', async () => {
    const subnet = (prefix: string) => ({ body: { properties: { addressPrefix: prefix } } });
    const address = (sku: string, method: string, label?: string) => ({
      body: {
        location: 'westus2',
        sku: { name: sku },
        properties: { publicIPAllocationMethod: method, ...(label === undefined ? {} : { dnsSettings: { domainNameLabel: label } }) },
      },
    });
    const rules = (...all: ReturnType<typeof rule>[]) => ({ body: { location: 'westus2', properties: { securityRules: all } } });
    const put = async (path: string, sent: { body: unknown }) => refusal(await client.send('PUT', `${network}/${path}`, sent));
    const refusals: [string, RegExp][] = [
      [await put('virtualNetworks/vnet/subnets/b', subnet('192.168.8.0/24')), /^400 NetcfgSubnetRangesOverlap: Subnet 'b'/],
      [await put('virtualNetworks/vnet/subnets/b', subnet('10.0.0.0/24')), /^400 NetcfgInvalidSubnet/],
      [await put('virtualNetworks/none/subnets/b', subnet('10.0.0.0/24')), /^404 ParentResourceNotFound/],
      [
        await put('networkSecurityGroups/b', rules(rule('a', 100, '22'), rule('b', 100, '23'))),
        /^400 SecurityRuleConflict: .*b conflicts with rule a/,
      ],
      [await put('networkSecurityGroups/b', rules(rule('a', 100, '70000'))), /^400 SecurityRuleInvalidPortRange/],
      [await put('networkSecurityGroups/b', rules(rule('a', 50, '22'))), /^400 SecurityRuleInvalidPriority/],
      [await put('networkSecurityGroups/b.', rules()), /^400 InvalidResourceName: Resource name b\. is invalid/],
      [await put('publicIPAddresses/b', address('Basic', 'Dynamic')), /^400 IPv4BasicSkuPublicIpCountLimitReached/],
      [await put('publicIPAddresses/b', address('Standard', 'Dynamic')), /^400 StandardSkuPublicIPAddressesMustBeStatic/],
      [await put('publicIPAddresses/b', address('Standard', 'Static', 'Upper')), /^400 InvalidDomainNameLabel/],
    ];
    for (const [found, wanted] of refusals) expect(found).to.match(wanted);
    await client.done('PUT', `${network}/publicIPAddresses/b`, address('Standard', 'Static', 'web'));
    expect(await put('publicIPAddresses/c', address('Standard', 'Static', 'web'))).to.match(
      /^400 DnsRecordInUse: DNS record web\.westus2\.cloudapp/,
    );
    await client.done('DELETE', `${network}/publicIPAddresses/b`);
  });

  it('of changes: an etag that is old, and another operation that still works on it', async () => {
    const path = `${network}/networkSecurityGroups/nsg/securityRules/swarm`;
    const { headers } = await client.get(`${network}/networkSecurityGroups/nsg`);
    await client.done('PUT', path, { body: rule('swarm', 200, '2377') });
    const old = await client.send('PUT', path, { body: rule('swarm', 300, '2377'), headers: { 'if-match': String(headers['etag']) } });
    expect(refusal(old)).to.match(/^412 PreconditionFailed: .*does not match etag/);
    await client.send('PUT', path, { body: rule('swarm', 300, '2377') });
    expect(refusal(await client.send('DELETE', path))).to.match(/^429 AnotherOperationInProgress: .*use uri: https:/);
    await client.done('DELETE', path);
  });

  it('of groups: names, locations, and what is used from outside', async () => {
    expect(refusal(await client.send('PUT', '/resourceGroups/a.', { body: { location: 'westus2' } }))).to.match(
      /^400 InvalidResourceGroupName/,
    );
    expect(refusal(await client.send('PUT', group, { body: { location: 'eastus' } }))).to.match(/^409 InvalidResourceGroupLocation/);
    expect(refusal(await client.get('/resourceGroups/none'))).to.equal(
      "404 ResourceGroupNotFound: Resource group 'none' could not be found.",
    );
    expect(refusal(await client.get(`/resourceGroups/none/providers/Microsoft.Compute/virtualMachines/m`))).to.match(
      /^404 ResourceGroupNotFound/,
    );
    expect(refusal(await client.get(machine))).to.match(
      /^404 ResourceNotFound: The Resource 'Microsoft.Compute\/virtualMachines\/m1' under resource group 'rg'/,
    );
    const outside = machine.replace('/rg/', '/other/');
    await client.send('PUT', '/resourceGroups/other', { body: { location: 'westus2' } });
    await client.done('PUT', outside, { body: machineBody(client) });
    const blocked = await reason(client.done('DELETE', group));
    expect(blocked).to.match(/^409 ResourceGroupDeletionBlocked: .*m1-nic' could not be deleted/);
    await client.done('DELETE', outside);
    await client.done('DELETE', '/resourceGroups/other');
    await prepare(client);
  });

  it('identities that are not there', async () => {
    const id = `/subscriptions/${firstSubscription}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } };
    expect(await make({}, { identity })).to.match(/^400 FailedIdentityOperation: .*userAssignedIdentities\/one' was not found/);
  });
});
