import { expect } from 'chai';

import { skip } from '../../helpers/skip.js';
import { armStandIn, firstSubscription, firstTenant, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { typesFolder } from '../../stand-ins/arm/model/types.js';
import { compute, Client, group, machineBody, network, prepare, refusal } from './arm-cloud.js';

describe('the stand-in for Azure Resource Manager', () => {
  let cloud: ArmStandIn;
  let client: Client;
  const machine = `${compute}/virtualMachines/m1`;
  const kinds = async () => (await cloud.inventory()).map((line) => line.split(' ').slice(1, 4).join(' '));

  before(async function () {
    cloud = await armStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    client = new Client(cloud);
  });

  it('makes a machine with all that belongs to it, and leaves nothing of it after its end', async () => {
    await prepare(client);
    const made = await client.send('PUT', machine, { body: machineBody(client) });
    expect(made.status).to.equal(201);
    expect(made.body['properties']).to.include({ provisioningState: 'Creating' });
    expect(made.headers['azure-asyncoperation']).to.match(
      /\/providers\/Microsoft\.Compute\/locations\/westus2\/operations\/[0-9a-f-]{36}\?/,
    );
    const done = await client.done('PUT', machine, { body: machineBody(client) });
    expect(done.body['properties']).to.include({ provisioningState: 'Succeeded' });
    expect(await kinds()).to.deep.equal([
      'disks rg/m1-os-disk Succeeded',
      'networkInterfaces rg/m1-nic Succeeded',
      'networkSecurityGroups rg/nsg Succeeded',
      'publicIPAddresses rg/m1-ip Succeeded',
      'resourceGroups rg Succeeded',
      'virtualMachines rg/m1 running',
      'virtualNetworks rg/vnet Succeeded',
    ]);
    await client.done('DELETE', machine);
    expect(await kinds()).to.deep.equal([
      'networkSecurityGroups rg/nsg Succeeded',
      'resourceGroups rg Succeeded',
      'virtualNetworks rg/vnet Succeeded',
    ]);
    await client.done('DELETE', group);
    expect(await kinds()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('keeps address and disk through deallocation', async () => {
    await prepare(client);
    await client.done('PUT', machine, { body: machineBody(client) });
    const [before] = await cloud.machines();
    await client.done('POST', `${machine}/deallocate`);
    expect((await client.get(`${machine}/instanceView`)).body['statuses']).to.deep.include({
      code: 'PowerState/deallocated',
      level: 'Info',
      displayStatus: 'VM deallocated',
    });
    await client.done('POST', `${machine}/start`);
    const [after] = await cloud.machines();
    expect(after).to.include({ power: 'running', publicAddress: before?.publicAddress, privateAddress: '192.168.0.4' });
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('keeps an ephemeral disk no longer than its machine, which cannot be deallocated', async () => {
    await prepare(client);
    const { storageProfile } = machineBody(client).properties;
    const osDisk = { createOption: 'FromImage', caching: 'ReadOnly', diffDiskSettings: { option: 'Local' } };
    const properties = { hardwareProfile: { vmSize: 'Standard_D2s_v3' }, storageProfile: { ...storageProfile, osDisk } };
    await client.done('PUT', machine, { body: machineBody(client, 'm1', { properties }) });
    expect((await kinds()).filter((line) => line.startsWith('disks'))).to.deep.equal([]);
    expect(refusal(await client.send('POST', `${machine}/deallocate`))).to.match(/^409 OperationNotAllowed: .*ephemeral OS disk/);
    await client.done('POST', `${machine}/powerOff`);
    expect((await cloud.machines())[0]?.power).to.equal('stopped');
  });

  it('takes spot machines back as they were told to', async () => {
    const spot = (evictionPolicy: string) => ({ priority: 'Spot', evictionPolicy, billingProfile: { maxPrice: 0.05 } });
    await prepare(client);
    const { body } = await client.done('PUT', machine, { body: machineBody(client, 'm1', { properties: spot('Deallocate') }) });
    await cloud.reclaim(String(body['id']));
    expect((await cloud.machines())[0]?.power).to.equal('deallocated');
    await client.done('DELETE', machine);
    await prepare(client);
    await client.done('PUT', machine, { body: machineBody(client, 'm1', { properties: spot('Delete') }) });
    await cloud.reclaim(String(body['id']));
    expect((await kinds()).filter((line) => /m1/.test(line))).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('lists states alone for a whole subscription, and finds resources by tag, late if that is wanted', async () => {
    await prepare(client);
    await cloud.behave({ unseenInLists: 1 });
    await client.done('PUT', machine, { body: machineBody(client, 'm1', { more: { tags: { owner: 'me' } } }) });
    const names = async (path: string) => ((await client.get(path)).body['value'] as { name: string }[]).map(({ name }) => name);
    const tagged = `/resources?$filter=tagName eq 'owner' and tagValue eq 'me'`;
    expect(await names(tagged)).to.deep.equal(['m1-os-disk']);
    expect(await names(tagged)).to.have.members(['m1', 'm1-os-disk']);
    const listed = await client.get('/providers/Microsoft.Compute/virtualMachines?statusOnly=true');
    const [shown] = listed.body['value'] as { tags?: object; properties: object }[];
    expect(shown?.tags).to.equal(undefined);
    expect(Object.keys(shown?.properties ?? {})).to.deep.equal(['vmId', 'instanceView']);
    await client.send('PATCH', `${machine}/providers/Microsoft.Resources/tags/default`, {
      body: { operation: 'Merge', properties: { tags: { owner: 'you' } } },
    });
    expect(await names(tagged)).to.deep.equal(['m1-os-disk']);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('waits for the hosts that play machines, and tells them what to do', async () => {
    await cloud.reset({ backed: true });
    client = new Client(cloud);
    await prepare(client);
    const { headers, body } = await client.send('PUT', machine, { body: machineBody(client) });
    const look = async () => (await client.get(String(headers['azure-asyncoperation']))).body['status'];
    expect([await look(), await look(), await look()]).to.deep.equal(['InProgress', 'InProgress', 'InProgress']);
    await cloud.settle(String(body['id']));
    expect(await look()).to.equal('Succeeded');
    await client.send('DELETE', machine);
    expect((await cloud.notes(0)).states.map(({ state }) => state)).to.deep.equal(['creating', 'deleting']);
    await cloud.settle(String(body['id']));
    expect(await cloud.machines()).to.deep.equal([]);
  });

  it('gives lists in pages', async () => {
    await cloud.behave({ page: 2 });
    for (const name of ['a', 'b', 'c']) await client.send('PUT', `/resourceGroups/${name}`, { body: { location: 'westus2' } });
    const first = await client.get('/resourceGroups');
    expect(first.body['value']).to.have.length(2);
    const second = await client.get(String(first.body['nextLink']));
    expect(second.body['value']).to.have.length(1);
    expect(second.body['nextLink']).to.equal(undefined);
  });

  it('says who gives tokens to those who have none', async () => {
    const answer = await client.send('GET', `/subscriptions/${firstSubscription}`, { headers: { authorization: 'Bearer nonsense' } });
    expect(refusal(answer)).to.match(/^401 InvalidAuthenticationToken/);
    expect(answer.headers['www-authenticate']).to.include(`authorization_uri="${cloud.url}/${firstTenant}"`);
  });

  it('counts what the published types do not have, with the path of it', async function () {
    if (typesFolder() === undefined) skip(this, "Azure's published types are not in ../shared/azure-types: bodies are not checked");
    await prepare(client);
    const answer = await client.send('PUT', machine, { body: machineBody(client, 'm1', { properties: { colour: 'blue' } }) });
    expect(refusal(answer)).to.equal('400 InvalidRequestContent: The request content was invalid: .properties.colour is not known.');
    expect((await cloud.violations())[0]).to.include({ action: 'Microsoft.Compute/virtualMachines/write', code: 'InvalidRequestContent' });
  });

  it('refuses to remove what is in use, each in its own words', async () => {
    await prepare(client);
    await client.done('PUT', machine, { body: machineBody(client) });
    const refusals = [];
    for (const path of ['publicIPAddresses/m1-ip', 'networkInterfaces/m1-nic', 'networkSecurityGroups/nsg', 'virtualNetworks/vnet']) {
      refusals.push(refusal(await client.send('DELETE', `${network}/${path}`)).split(':')[0]);
    }
    refusals.push(refusal(await client.send('DELETE', `${compute}/disks/m1-os-disk`)).split(':')[0]);
    expect(refusals).to.deep.equal([
      '400 PublicIPAddressCannotBeDeleted',
      '400 NicInUse',
      '400 InUseNetworkSecurityGroupCannotBeDeleted',
      '400 InUseSubnetCannotBeDeleted',
      '409 OperationNotAllowed',
    ]);
  });
});
