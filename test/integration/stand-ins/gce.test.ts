import { expect } from 'chai';

import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Client, refusal, zone } from './gce-cloud.js';

const instances = `zones/${zone}/instances`;

describe('the stand-in for Google Compute Engine', () => {
  let cloud: GceStandIn;
  let gce: Client;

  before(async function () {
    cloud = await gceStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    gce = new Client(cloud);
  });

  it('makes an instance with its disk, and leaves nothing after its end', async () => {
    const begun = await gce.insert('m1', { labels: { a: 'b' } });
    expect(begun).to.include({ http: 200, status: 'RUNNING', operationType: 'insert' });
    expect((await gce.get(`${instances}/m1`)).status).to.equal('STAGING');
    const now = await gce.get(`${instances}/m1`);
    expect(now.status).to.equal('RUNNING');
    const [kept] = await cloud.instances();
    expect(kept).to.include({ image: 'ubuntu-2404-noble-amd64-v20261105', machineType: 'e2-small', zone });
    expect(kept?.publicAddress).to.match(/^198\.18\./);
    expect((await cloud.inventory()).map((line) => line.split(' ')[2])).to.deep.equal(['disk', 'instance']);
    await gce.call('DELETE', `${instances}/m1`);
    expect((await gce.get(`${instances}/m1`)).status).to.equal('STOPPING');
    expect(refusal(await gce.get(`${instances}/m1`))).to.match(
      /^notFound 404: The resource 'projects\/stand-in-project\/zones\/us-central1-a\/instances\/m1' was not found$/,
    );
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('knows a request id again, also after the answer was lost', async () => {
    const id = '5f0c2a4e-93a1-4b1c-8a52-0d5c1f6a7b11';
    await cloud.fault({ action: 'instances.insert', kind: 'lost' });
    const lost = await gce.insert('m1', {}, id).catch((error: unknown) => error);
    expect(lost).to.be.instanceOf(Error);
    const again = await gce.insert('m1', {}, id);
    expect(again).to.include({ http: 200, clientOperationId: id });
    expect((await gce.insert('m1', {}, id)).name).to.equal(again.name);
    expect(await cloud.instances()).to.have.length(1);
    expect(refusal(await gce.insert('m1'))).to.match(/^alreadyExists 409: The resource '.*\/m1' already exists$/);
    expect(refusal(await gce.insert('m2', {}, 'not-a-uuid'))).to.match(/^invalid 400: Invalid value for field 'requestId'/);
    expect(await cloud.violations()).to.deep.equal([]);
    expect(refusal(await gce.insert('m3', {}, id))).to.match(/^invalid 400: The request id .* was used for another request$/);
    expect(await cloud.violations()).to.have.length(1);
  });

  it('gives another public address at each start and keeps the private one', async () => {
    await gce.made('m1');
    const [before] = await cloud.instances();
    await gce.done('POST', `${instances}/m1/stop`);
    expect((await cloud.instances())[0]).to.include({ status: 'TERMINATED', publicAddress: null });
    await gce.done('POST', `${instances}/m1/start`);
    const [after] = await cloud.instances();
    expect(after).to.include({ status: 'RUNNING', privateAddress: before?.privateAddress });
    expect(after?.publicAddress).to.be.a('string').and.not.equal(before?.publicAddress);
  });

  it('refuses what the description does not allow, and counts it', async () => {
    const wrong = [
      [{ nonsense: 1 }, /^invalid 400: .*Unknown name "nonsense" at 'resource'/],
      [{ status: 'RUNNING' }, /^invalid 400: Field 'resource.status' is output only/],
      [{ canIpForward: 'yes' }, /^invalid 400: Invalid value at 'resource.canIpForward' \(boolean\), "yes"/],
      [{ name: 'Big' }, /^invalid 400: Invalid value for field 'resource.name': 'Big'. Must be a match of regex/],
      [{ name: undefined }, /^required 400: Required field 'resource.name' not specified/],
      [{ scheduling: { provisioningModel: 'CHEAP' } }, /^invalid 400: .*Invalid enum value 'CHEAP'/],
    ] as const;
    for (const [more, words] of wrong) expect(refusal(await gce.insert('m1', more))).to.match(words);
    expect(refusal(await gce.get(`${instances}?sort=name`))).to.match(/^invalid 400: .*Unknown name "sort": Cannot bind query parameter/);
    expect(await cloud.violations()).to.have.length(wrong.length + 1);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('tells what was called, without what is secret, and with the rights it needed', async () => {
    await gce.insert('m1', { metadata: { items: [{ key: 'user-data', value: 'secret of a host' }] } });
    const [call] = await cloud.calls();
    expect(call).to.include({
      service: 'compute',
      action: 'instances.insert',
      principal: 'someone@example.com',
      place: zone,
      outcome: 'ok',
    });
    expect(JSON.stringify(call)).to.not.include('secret of a host').and.include('16 characters, sha256 1706f7c5');
    expect(call?.permissions).to.include.members([
      'compute.instances.create',
      'compute.subnetworks.useExternalIp',
      'compute.instances.setMetadata',
    ]);
    expect((await cloud.instances())[0]?.metadata).to.deep.equal({ 'user-data': 'secret of a host' });
  });
});
