import { expect } from 'chai';

import { armStandIn, firstPrincipal, firstSubscription, firstTenant, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Client, compute, group, machineBody, network, prepare, reason, refusal } from './arm-cloud.js';

describe('the stand-in for Azure Resource Manager: faults, logins and rights', () => {
  let cloud: ArmStandIn;
  let client: Client;
  const machine = `${compute}/virtualMachines/m1`;
  const write = 'Microsoft.Compute/virtualMachines/write';

  before(async function () {
    cloud = await armStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    client = new Client(cloud);
  });

  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('answers with an error at the call that was chosen, and once', async () => {
    await cloud.fault({
      kind: 'error',
      action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
      nth: 2,
      code: 'TooBusy',
      status: 429,
      retryAfter: 7,
    });
    const seen = [];
    for (let n = 0; n < 3; n++) seen.push((await client.get('/resourceGroups')).status);
    expect(seen).to.deep.equal([200, 429, 200]);
    const answers = await cloud.calls();
    expect(answers.map(({ outcome }) => outcome)).to.deep.equal(['ok', 'ok', 'TooBusy', 'ok']);
  });

  it('loses an answer after the work was done, or the request before it', async () => {
    await cloud.fault({ kind: 'lost', action: 'Microsoft.Resources/subscriptions/resourceGroups/write' });
    const lost = await reason(client.send('PUT', group, { body: { location: 'westus2' } }));
    expect(lost).to.match(/socket hang up|ECONNRESET/);
    expect(await cloud.inventory()).to.have.length(1);
    await cloud.fault({ kind: 'reset', action: 'Microsoft.Resources/subscriptions/resourceGroups/delete' });
    const reset = await reason(client.send('DELETE', group));
    expect(reset).to.match(/socket hang up|ECONNRESET/);
    expect((await client.get(group)).body['properties']).to.deep.equal({ provisioningState: 'Succeeded' });
  });

  it('lets a call hang until the faults are cleared', async () => {
    await cloud.fault({ kind: 'hang', action: 'Microsoft.Resources/subscriptions/read' });
    const hanging = reason(client.get(`/subscriptions/${firstSubscription}`));
    expect(await cloud.calledUntil('Microsoft.Resources/subscriptions/read')).to.equal(true);
    await cloud.clearFaults();
    expect(await hanging).to.match(/socket hang up|ECONNRESET/);
  });

  it('accepts a request and lets its operation fail later', async () => {
    await prepare(client);
    await cloud.fault({ kind: 'late', action: write, code: 'OSProvisioningInternalError', message: 'It did not boot.' });
    const failure = await reason(client.done('PUT', machine, { body: machineBody(client) }));
    expect(failure).to.equal('200 OSProvisioningInternalError: It did not boot.');
    const { body } = await client.get(`${machine}?$expand=instanceView`);
    expect(body['properties']).to.include({ provisioningState: 'Failed' });
    expect(JSON.stringify(body)).to.include('ProvisioningState/failed/OSProvisioningInternalError');
  });

  it('lets an operation last as long as a test wants, with the wait that it says', async () => {
    await cloud.behave({ pending: 3, retryAfter: 15 });
    await client.send('PUT', group, { body: { location: 'westus2' } });
    const { headers } = await client.send('DELETE', group);
    expect(headers['retry-after']).to.equal('15');
    const seen = [];
    for (let looks = 0; looks < 5; looks++) seen.push((await client.get(String(headers['location']))).status);
    expect(seen).to.deep.equal([202, 202, 202, 200, 200]);
  });

  it('throttles a subscription, and says for how long', async () => {
    await cloud.behave({ perSecond: 1, burst: 2 });
    const seen = [];
    for (let n = 0; n < 3; n++) seen.push(await client.get('/resourceGroups'));
    expect(seen.map(({ status }) => status)).to.deep.equal([200, 200, 429]);
    expect(seen[2]?.headers['retry-after']).to.equal('1');
  });

  it('names the action that a role lacks, also of what is joined', async () => {
    await prepare(client);
    const { client: id } = firstPrincipal;
    await cloud.changePrincipal(id, { role: { actions: ['*'], notActions: ['Microsoft.Network/networkInterfaces/join/action'] } });
    expect(refusal(await client.send('PUT', machine, { body: machineBody(client) }))).to.match(
      /^403 LinkedAuthorizationFailed: .*'Microsoft.Network\/networkInterfaces\/join\/action' on the linked scope\(s\) '\/subscriptions\/.*m1-nic'/,
    );
    await cloud.changePrincipal(id, { role: { actions: ['*/read'] } });
    expect(refusal(await client.send('DELETE', machine))).to.match(
      /^403 AuthorizationFailed: The client '.*' with object id '.*' does not have authorization to perform action 'Microsoft.Compute\/virtualMachines\/delete'/,
    );
    expect((await client.get(`${network}/networkInterfaces/m1-nic`)).status).to.equal(200);
  });

  it('refuses tokens that ended, and those of another tenant', async () => {
    const other = '99999999-2222-4333-8444-555555555555';
    const foreign = { client: 'bbbbbbbb-1111-4222-8333-444444444444', secret: 's', tenant: other };
    await cloud.reset({ principals: [firstPrincipal, foreign] });
    await client.get('/resourceGroups');
    await cloud.expireTokens();
    expect(refusal(await client.get('/resourceGroups'))).to.match(/^401 ExpiredAuthenticationToken/);
    const stranger = new Client(cloud, foreign);
    expect(refusal(await stranger.get('/resourceGroups'))).to.match(
      new RegExp(`^401 InvalidAuthenticationTokenTenant: .*sts.windows.net/${other}/'. It must match the tenant '.*${firstTenant}`),
    );
    const wrong = await reason(new Client(cloud, { ...firstPrincipal, secret: 'wrong' }).get('/resourceGroups'));
    expect(wrong).to.include('AADSTS7000215');
  });

  it('knows subscriptions that are not there, disabled, or without a namespace', async () => {
    expect(refusal(await client.get('/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups'))).to.match(
      /^404 SubscriptionNotFound/,
    );
    expect(refusal(await client.get('/subscriptions/prod/resourceGroups'))).to.match(/^400 InvalidSubscriptionId/);
    await cloud.reset({ subscriptions: [{ id: firstSubscription, state: 'Disabled' }] });
    client = new Client(cloud);
    expect(refusal(await client.send('PUT', group, { body: { location: 'westus2' } }))).to.match(/^409 ReadOnlyDisabledSubscription/);
    await cloud.reset({ subscriptions: [{ id: firstSubscription, unregistered: ['Microsoft.Compute'] }] });
    client = new Client(cloud);
    await prepare(client);
    expect(refusal(await client.send('PUT', machine, { body: machineBody(client) }))).to.match(
      /^409 MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.Compute'/,
    );
    const states = [(await client.send('POST', '/providers/Microsoft.Compute/register')).body['registrationState']];
    for (let n = 0; n < 2; n++) states.push((await client.get('/providers/Microsoft.Compute')).body['registrationState']);
    expect(states).to.deep.equal(['Registering', 'Registering', 'Registered']);
    expect((await client.send('PUT', machine, { body: machineBody(client) })).status).to.equal(201);
  });

  it('keeps what is locked', async () => {
    await prepare(client);
    const scope = `${client.root}${network}/virtualNetworks/vnet`;
    await cloud.lock(scope);
    expect(refusal(await client.send('DELETE', group))).to.match(/^409 ScopeLocked: .*following scope\(s\) are locked: '.*vnet'/);
    expect(refusal(await client.send('DELETE', `${network}/virtualNetworks/vnet`))).to.match(/^409 ScopeLocked/);
    await cloud.unlock(scope);
    expect((await client.send('DELETE', `${network}/publicIPAddresses/other`)).status).to.equal(204);
    expect((await client.send('DELETE', group)).status).to.equal(202);
  });

  it('tells what was called, without what is secret', async () => {
    await prepare(client);
    await client.send('PUT', machine, { body: machineBody(client) });
    const calls = await cloud.calls();
    const text = JSON.stringify(calls);
    expect(text).not.to.include(firstPrincipal.secret);
    expect(text).not.to.include(Buffer.from('#cloud-config\n').toString('base64'));
    expect(calls.find(({ action }) => action === write)).to.include({
      service: 'arm',
      method: 'PUT',
      subscription: firstSubscription,
      principal: firstPrincipal.client,
      outcome: 'ok',
    });
    expect((await cloud.machines())[0]?.customData).to.equal(Buffer.from('#cloud-config\n').toString('base64'));
  });
});
