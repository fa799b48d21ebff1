import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { refreshToken } from '../../stand-ins/gce/front/credentials.js';
import { gceStandIn, type GceStandIn, type Principal } from '../../stand-ins/gce/index.js';
import { Client, plainInstance, refusal, throughProxy, zone, type Answer } from './gce-cloud.js';

const instances = `zones/${zone}/instances`;
const robot: Principal = {
  email: 'robot@stand-in-project.iam.gserviceaccount.com',
  permissions: ['compute.instances.get', 'compute.zones.*'],
};

describe('the stand-in for Google Compute Engine, when something goes wrong', () => {
  let cloud: GceStandIn;
  let gce: Client;

  before(async function () {
    cloud = await gceStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
    gce = new Client(cloud);
  });

  /** Code and message of what an operation failed with. */
  async function failed(begun: Answer): Promise<string> {
    const operation = await gce.call('POST', `zones/${zone}/operations/${begun.name}/wait`);
    const [first] = operation.error?.errors ?? [];
    return `${String(operation['httpErrorStatusCode'])} ${first?.code}: ${first?.message}`;
  }

  it('has no room late, in the operation, and says where there is some', async () => {
    await cloud.exhaust([
      { zone, market: 'spot', zonesAvailable: ['us-central1-b', 'us-central1-f'] },
      { zone, type: 'e2-small' },
    ]);
    const spot = await gce.insert('m1', { scheduling: { provisioningModel: 'SPOT' } });
    expect(spot).to.include({ http: 200, status: 'RUNNING' });
    expect(await failed(spot)).to.match(
      /^503 ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS: The zone 'projects\/stand-in-project\/zones\/us-central1-a' does/,
    );
    const { error } = await gce.get(`zones/${zone}/operations/${spot.name}`);
    expect(JSON.stringify(error))
      .to.include('"zonesAvailable":"us-central1-b,us-central1-f"')
      .and.include('"reason":"resource_availability"');
    expect(await failed(await gce.insert('m2'))).to.match(
      /^503 ZONE_RESOURCE_POOL_EXHAUSTED: .*Try a different zone, or try again later\.$/,
    );
    expect(await cloud.inventory()).to.deep.equal([]);
    await cloud.exhaust([]);
    await gce.made('m3');
    expect(await cloud.instances()).to.have.length(1);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('has quotas, of a region at once and of all regions late', async () => {
    await cloud.setLimits({ cpus: 4 });
    await gce.made('m1');
    expect(refusal(await gce.insert('m2', { machineType: `zones/${zone}/machineTypes/e2-standard-4` }))).to.match(
      /^quotaExceeded 403: Quota 'CPUS' exceeded\. {2}Limit: 4\.0 in region us-central1\.$/,
    );
    await cloud.setLimits({ cpusAllRegions: 3 });
    expect(await failed(await gce.insert('m3'))).to.equal("403 QUOTA_EXCEEDED: Quota 'CPUS_ALL_REGIONS' exceeded.  Limit: 3.0 globally.");
    expect(await cloud.instances()).to.have.length(1);
  });

  it('plays faults by the table: what counts, and for how long', async () => {
    await cloud.fault(
      { action: 'instances.get', nth: 2, times: 2, kind: 'error', status: 503 },
      { action: 'zones.list', kind: 'throttle', seconds: 7 },
      { action: 'zones.get', kind: 'reset' },
    );
    await gce.made('m1');
    const seen = [];
    for (let n = 0; n < 4; n++) seen.push((await gce.get(`${instances}/m1`)).http);
    expect(seen).to.deep.equal([200, 503, 503, 200]);
    const throttled = await fetch(`${cloud.url}/compute/v1/projects/stand-in-project/zones`, {
      headers: { authorization: `Bearer ${cloud.token()}` },
    });
    expect([throttled.status, throttled.headers.get('retry-after')]).to.deep.equal([403, '7']);
    expect(refusal({ ...((await throttled.json()) as object), http: 403 })).to.match(
      /^rateLimitExceeded 403: Quota exceeded for quota metric/,
    );
    expect(await gce.get(`zones/${zone}`).catch(() => 'cut off')).to.equal('cut off');
    expect((await gce.get(`zones/${zone}`)).http).to.equal(200);
    expect((await cloud.calls()).map(({ outcome }) => outcome)).to.include.members(['backendError', 'rateLimitExceeded', 'reset']);
  });

  it('carries out what it answers wrongly, and lets operations fail as asked', async () => {
    await cloud.fault({ action: 'instances.insert', kind: 'error', status: 500, after: true });
    expect((await gce.insert('m1')).http).to.equal(500);
    expect(await cloud.instances()).to.have.length(1);
    await cloud.fault({ action: 'instances.insert', kind: 'late', code: 'INTERNAL_ERROR', message: 'Internal error.', status: 500 });
    expect(await failed(await gce.insert('m2'))).to.equal('500 INTERNAL_ERROR: Internal error.');
    await cloud.fault({ action: 'instances.delete', kind: 'late', code: 'INTERNAL_ERROR', message: 'Internal error.' });
    expect(await failed(await gce.call('DELETE', `${instances}/m1`))).to.equal('400 INTERNAL_ERROR: Internal error.');
    expect((await cloud.instances()).map(({ name }) => name)).to.deep.equal(['m1']);
  });

  it('hangs until it is let go', async () => {
    await cloud.fault({ action: 'zones.get', kind: 'hang' });
    const hanging = gce.get(`zones/${zone}`).catch(() => 'cut off');
    expect(await cloud.calledUntil('zones.get', { answered: true })).to.equal(true);
    await cloud.clearFaults();
    expect(await hanging).to.equal('cut off');
  });

  it('knows who calls, what they may do, and names the permission that is missing', async () => {
    await cloud.reset({ principals: [{ email: 'someone@example.com' }, robot, { email: 'late@example.com', expired: true }] });
    const limited = new Client(cloud, { principal: robot });
    expect((await limited.get(`zones/${zone}`)).http).to.equal(200);
    expect(refusal(await limited.insert('m1'))).to.equal(
      "forbidden 403: Required 'compute.instances.create' permission for 'projects/stand-in-project/zones/us-central1-a/instances/m1'",
    );
    const late = await new Client(cloud, { principal: { email: 'late@example.com' } }).get(`zones/${zone}`);
    expect(refusal(late)).to.match(/^authError 401: Request had invalid authentication credentials/);
    expect(JSON.stringify(late.error?.details)).to.include('ACCESS_TOKEN_EXPIRED');
    expect((await new Client(cloud, { principal: { email: 'nobody@example.com' } }).get('')).http).to.equal(401);
  });

  it('tells a project without the API from one that is not there', async () => {
    await cloud.reset({ projects: [{ id: 'asleep', number: '123456789012', enabled: false }] });
    const asleep = await new Client(cloud, { project: 'asleep' }).insert('m1');
    expect(refusal(asleep)).to.match(
      /^accessNotConfigured 403: Compute Engine API has not been used in project 123456789012 before or it is disabled\./,
    );
    expect(asleep.error?.status).to.equal('PERMISSION_DENIED');
    expect(JSON.stringify(asleep.error?.details)).to.include('"SERVICE_DISABLED"').and.include('overview?project=123456789012');
    expect(refusal(await new Client(cloud, { project: 'nowhere' }).get(''))).to.equal(
      "notFound 404: The resource 'projects/nowhere' was not found",
    );
    expect(refusal(await new Client(cloud, { project: 'ubuntu-os-cloud' }).insert('m1'))).to.match(/^forbidden 403/);
  });

  it('gives tokens to workload identity, to who acts as a service account, and to machines', async () => {
    await cloud.reset({ principals: [{ email: 'someone@example.com' }, robot] });
    const dir = await mkdtemp(join(tmpdir(), 'gce-'));
    try {
      const { GCE_METADATA_HOST: host } = cloud.env(dir, { kind: 'metadata' });
      const path = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
      expect((await fetch(path)).status).to.equal(403);
      const answer = await fetch(path, { headers: { 'metadata-flavor': 'Google' } });
      expect(answer.headers.get('metadata-flavor')).to.equal('Google');
      expect(await answer.json()).to.include({ access_token: cloud.token(), token_type: 'Bearer' });
      const exchanged = await fetch(`${cloud.url}/sts/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({ subject_token: 'nobody@example.com' }),
      });
      expect(await exchanged.json()).to.include({ error: 'invalid_grant' });
      const impersonate = (principal: Principal) =>
        fetch(`${cloud.url}/v1/projects/-/serviceAccounts/${robot.email}:generateAccessToken`, {
          method: 'POST',
          headers: { authorization: `Bearer ${cloud.token(principal)}` },
        });
      expect(await (await impersonate({ email: 'someone@example.com' })).json()).to.include({ accessToken: cloud.token(robot) });
      expect((await impersonate(robot)).status).to.equal(403);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("is Google's own hosts behind a proxy, for who trusts it, and no others", async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gce-'));
    try {
      const { HTTPS_PROXY: proxy = '', NODE_EXTRA_CA_CERTS: file = '' } = await cloud.proxyEnv(dir);
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken('someone@example.com') });
      const answer = await throughProxy(proxy, {
        host: 'oauth2.googleapis.com',
        path: '/token',
        body: body.toString(),
        ca: await readFile(file, 'utf8'),
      });
      expect(JSON.parse(answer)).to.include({ access_token: cloud.token() });
      expect(await throughProxy(proxy, { host: 'example.com', path: '/', body: '', ca: '' })).to.equal('502');
      expect((await cloud.violations()).map(({ action }) => action)).to.deep.equal(['CONNECT example.com:443']);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('lets operations take as long as a test wants', async () => {
    await cloud.behave({ looks: 3, waits: 1 });
    const begun = await gce.insert('m1');
    const look = async () => (await gce.get(`zones/${zone}/operations/${begun.name}`)).status;
    expect([await look(), await look(), await look(), await look()]).to.deep.equal(['RUNNING', 'RUNNING', 'RUNNING', 'DONE']);
    const next = await gce.call('POST', `zones/${zone}/instances`, plainInstance('m2'));
    const wait = async () => (await gce.call('POST', `zones/${zone}/operations/${next.name}/wait`)).status;
    expect([await wait(), await wait()]).to.deep.equal(['RUNNING', 'DONE']);
  });
});
