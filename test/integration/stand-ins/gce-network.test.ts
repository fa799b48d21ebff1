import { expect } from 'chai';

import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Client, plainInstance, refusal, zone } from './gce-cloud.js';

const rule = (name: string, more: object = {}) => ({
  name,
  network: 'global/networks/default',
  allowed: [{ IPProtocol: 'tcp', ports: ['22', '2376'] }],
  sourceRanges: ['192.0.2.0/24'],
  targetTags: ['docker-machine'],
  ...more,
});

describe('networks, disks and lists of the stand-in for Google Compute Engine', () => {
  let cloud: GceStandIn;
  let gce: Client;

  before(async function () {
    cloud = await gceStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset({
      projects: [
        { id: 'stand-in-project', host: 'network-host' },
        {
          id: 'network-host',
          networks: [
            {
              name: 'shared',
              mode: 'custom',
              subnetworks: [{ name: 'inner', region: 'us-central1', stack: 'IPV4_IPV6', ipv6: 'EXTERNAL' }],
            },
          ],
        },
      ],
    });
    gce = new Client(cloud);
  });

  it('makes, changes and removes firewall rules, one change at a time', async () => {
    expect((await gce.call('POST', 'global/firewalls', rule('f'))).http).to.equal(200);
    const more = [{ IPProtocol: 'esp' }, { IPProtocol: 'tcp', ports: ['22'] }];
    expect(refusal(await gce.call('PATCH', 'global/firewalls/f', { name: 'f', allowed: more }))).to.match(/^resourceNotReady 400/);
    await gce.get('global/firewalls/f');
    await gce.get('global/firewalls/f');
    await gce.done('PATCH', 'global/firewalls/f', { name: 'f', allowed: more });
    const now = await gce.get('global/firewalls/f');
    expect(now).to.deep.include({ allowed: more, sourceRanges: ['192.0.2.0/24'], priority: 1000, direction: 'INGRESS' });
    expect(refusal(await gce.call('POST', 'global/firewalls', rule('f')))).to.match(/^alreadyExists 409/);
    await gce.done('DELETE', 'global/firewalls/f');
    expect((await gce.get('global/firewalls/f')).http).to.equal(404);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('refuses rules that cannot be', async () => {
    const wrong = [
      [{ allowed: undefined }, /either allowed or denied/],
      [{ allowed: [{ IPProtocol: 'icmp', ports: ['1'] }] }, /Ports may not be specified for icmp/],
      [{ allowed: [{ IPProtocol: 'tcp', ports: ['70000'] }] }, /Must be a port/],
      [{ sourceRanges: ['10.0.0.1/8'] }, /'10\.0\.0\.1\/8'. Must be a valid CIDR address range/],
      [{ sourceRanges: ['10.0.0.0/8', '2001:db8::/32'] }, /cannot be in one rule/],
      [
        { network: 'global/networks/none' },
        /^notFound 404: The resource 'projects\/stand-in-project\/global\/networks\/none' was not found/,
      ],
    ] as const;
    for (const [more, words] of wrong) expect(refusal(await gce.call('POST', 'global/firewalls', rule('f', more)))).to.match(words);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('puts instances into networks of their own, shared ones and none of other regions', async () => {
    const inner = 'projects/network-host/regions/us-central1/subnetworks/inner';
    const nic = {
      subnetwork: inner,
      stackType: 'IPV4_IPV6',
      ipv6AccessConfigs: [{ name: 'v6', type: 'DIRECT_IPV6', networkTier: 'PREMIUM' }],
    };
    await gce.made('m1', { networkInterfaces: [nic] });
    const { networkInterfaces } = await gce.get(`zones/${zone}/instances/m1`);
    expect(JSON.stringify(networkInterfaces)).to.include('"externalIpv6":"2001:db8:').and.not.include('natIP');
    expect((await cloud.instances())[0]).to.include({ publicAddress: null });
    const elsewhere = plainInstance('m2', {
      machineType: 'zones/europe-west1-b/machineTypes/e2-small',
      networkInterfaces: [{ subnetwork: inner }],
    });
    expect(refusal(await gce.call('POST', 'zones/europe-west1-b/instances', elsewhere))).to.match(/is not in the region 'europe-west1'/);
    expect(refusal(await gce.insert('m3', { networkInterfaces: [{ network: 'projects/network-host/global/networks/shared' }] }))).to.match(
      /must specify a subnet if the network resource is in custom subnet mode/,
    );
    const stranger = new Client(cloud, { project: 'network-host' });
    const auto = 'projects/stand-in-project/global/networks/default';
    expect(refusal(await stranger.insert('m4', { networkInterfaces: [{ network: auto }] }))).to.match(
      /Cross-project references are not allowed/,
    );
  });

  it('keeps a reserved address for one instance at a time', async () => {
    await gce.done('POST', 'regions/us-central1/addresses', { name: 'a' });
    const { address } = await gce.get('regions/us-central1/addresses/a');
    const nic = (natIP: unknown) => ({ networkInterfaces: [{ accessConfigs: [{ type: 'ONE_TO_ONE_NAT', natIP }] }] });
    await gce.made('m1', nic(address));
    expect((await cloud.instances())[0]?.publicAddress).to.equal(address);
    expect(refusal(await gce.insert('m2', nic(address)))).to.match(/is already in-use/);
    expect(refusal(await gce.insert('m2', nic('203.0.113.9')))).to.match(/was not found in region 'us-central1'/);
    expect(refusal(await gce.call('DELETE', 'regions/us-central1/addresses/a'))).to.match(
      /^resourceInUseByAnotherResource 400: The address resource '.*\/addresses\/a' is already being used by '.*\/instances\/m1'$/,
    );
    await gce.done('POST', `zones/${zone}/instances/m1/stop`);
    expect((await cloud.instances())[0]?.publicAddress).to.equal(address);
    await gce.done('DELETE', `zones/${zone}/instances/m1`);
    await gce.done('DELETE', 'regions/us-central1/addresses/a');
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('refuses what does not fit together before anything is made', async () => {
    const disk = (params: object) => ({
      disks: [{ boot: true, initializeParams: { sourceImage: 'projects/debian-cloud/global/images/family/debian-13', ...params } }],
    });
    const type = (name: string) => ({ machineType: `zones/${zone}/machineTypes/${name}` });
    const wrong = [
      [type('z9-giant-1'), /Machine type with name 'z9-giant-1' does not exist in zone 'us-central1-a'/],
      [
        { ...disk({ sourceImage: 'projects/debian-cloud/global/images/family/debian-9' }) },
        /The referenced image resource cannot be found/,
      ],
      [
        { ...disk({}), ...type('t2a-standard-1') },
        /Requested boot disk architecture \(X86_64\) is not compatible with machine type architecture \(ARM64\)/,
      ],
      [disk({ diskSizeGb: '4' }), /Disk size must be between|Requested disk size cannot be smaller/],
      [disk({ diskType: `zones/${zone}/diskTypes/pd-none` }), /The referenced resource does not exist/],
      [
        { ...disk({ diskType: `zones/${zone}/diskTypes/pd-ssd` }), ...type('n4-standard-2') },
        /pd-ssd disk type cannot be used by n4-standard-2/,
      ],
      [{ labels: { Big: 'x' } }, /Label key 'Big' violates format constraints/],
      [{ scheduling: { preemptible: true, automaticRestart: true } }, /automaticRestart be false/],
      [
        { serviceAccounts: [{ email: 'none@x.iam.gserviceaccount.com', scopes: ['https://www.googleapis.com/auth/cloud-platform'] }] },
        /of type 'serviceAccount' was not found/,
      ],
      [{ metadata: { items: [{ key: 'user-data', value: 'x'.repeat(262_145) }] } }, /^uploadTooLarge 413/],
      [
        { guestAccelerators: [{ acceleratorType: `zones/${zone}/acceleratorTypes/nvidia-l4`, acceleratorCount: 1 }] },
        /do not support live migration/,
      ],
    ] as const;
    for (const [more, words] of wrong) expect(refusal(await gce.insert('m1', more))).to.match(words);
    const there = await gce.call('POST', 'zones/mars-north1-a/instances', plainInstance('m1'));
    expect(refusal(there)).to.equal("invalid 400: Invalid value for field 'zone': 'mars-north1-a'. Unknown zone.");
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
    await gce.made('m1', type('n2-custom-2-4096'));
  });

  it('protects against deletion, and changes labels only for who has seen the last ones', async () => {
    const path = `zones/${zone}/instances/m1`;
    await gce.made('m1', { deletionProtection: true, labels: { a: 'b' } });
    expect(refusal(await gce.call('DELETE', path))).to.equal(
      "invalidResourceUsage 400: Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'.",
    );
    const { labelFingerprint } = await gce.get(path);
    await gce.done('POST', `${path}/setLabels`, { labels: { a: 'c' }, labelFingerprint });
    expect(refusal(await gce.call('POST', `${path}/setLabels`, { labels: {}, labelFingerprint }))).to.match(/^conditionNotMet 412/);
    await gce.done('POST', `${path}/setDeletionProtection?deletionProtection=false`);
    expect(refusal(await gce.call('DELETE', `zones/${zone}/disks/m1`))).to.match(/^resourceInUseByAnotherResource 400: The disk resource/);
    await gce.done('DELETE', path);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('filters, pages and gathers lists', async () => {
    for (const [i, name] of ['m1', 'm2', 'm3'].entries()) await gce.made(name, { labels: { n: String(i), all: 'yes' } });
    const names = async (filter: string) => {
      const { items = [] } = await gce.get(`zones/${zone}/instances?filter=${encodeURIComponent(filter)}`);
      return (items as { name: string }[]).map(({ name }) => name).join(' ');
    };
    expect(await names('labels.n = 1')).to.equal('m2');
    expect(await names('labels.all = "yes" AND NOT labels.n = 1')).to.equal('m1 m3');
    expect(await names('(name = m1) OR (name = m3)')).to.equal('m1 m3');
    expect(await names('(labels.n:*) (name:m*) (status = RUNNING)')).to.equal('m1 m2 m3');
    expect(await names("name eq 'm[12]'")).to.equal('m1 m2');
    expect(refusal(await gce.get(`zones/${zone}/instances?filter=name`))).to.match(/^invalid 400: .*Invalid list filter expression/);
    const first = await gce.get('aggregated/instances?maxResults=2');
    const { items } = await gce.get(`aggregated/instances?maxResults=2&pageToken=${String(first['nextPageToken'])}`);
    const scopes = items as Record<string, { readonly instances?: readonly { readonly name: string }[]; readonly warning?: object }>;
    expect(scopes[`zones/${zone}`]?.instances?.map(({ name }) => name)).to.deep.equal(['m3']);
    expect(scopes['zones/europe-west1-b']?.warning).to.include({ code: 'NO_RESULTS_ON_PAGE' });
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('takes preemptible instances away, and tells it by an operation of its own', async () => {
    await gce.made('m1', { scheduling: { provisioningModel: 'SPOT', instanceTerminationAction: 'STOP' } });
    await cloud.reclaim('m1');
    expect((await cloud.instances())[0]).to.include({ status: 'TERMINATED', publicAddress: null });
    const { items } = await gce.get(`zones/${zone}/operations?filter=${encodeURIComponent('operationType = compute.instances.preempted')}`);
    expect(items).to.have.length(1);
    await cloud.deleteByHand('instances/m1');
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('lets hosts play its instances: operations last until they say so', async () => {
    await cloud.behave({ backed: true });
    const begun = await gce.insert('m1');
    expect((await gce.get(`zones/${zone}/instances/m1`)).status).to.equal('PROVISIONING');
    const waiting = gce.call('POST', `zones/${zone}/operations/${begun.name}/wait`);
    await cloud.setInstance('m1', { state: 'running', publicAddress: '10.0.0.2', privateAddress: '10.0.0.2', console: 'hello' });
    expect((await waiting).status).to.equal('DONE');
    expect((await cloud.instances())[0]).to.include({ status: 'RUNNING', publicAddress: '10.0.0.2', privateAddress: '10.0.0.2' });
    expect((await gce.get(`zones/${zone}/instances/m1/serialPort`))['contents']).to.equal('hello');
    expect((await cloud.notes(0)).states.map(({ state }) => state)).to.deep.equal(['starting', 'running']);
    const deleting = await gce.call('DELETE', `zones/${zone}/instances/m1`);
    await cloud.setInstance('m1', { state: 'deleted' });
    expect((await gce.call('POST', `zones/${zone}/operations/${deleting.name}/wait`)).status).to.equal('DONE');
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
