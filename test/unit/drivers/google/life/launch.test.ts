import { expect } from 'chai';

import { readConfig } from '../../../../../drivers/google/config.js';
import { flags as specs } from '../../../../../drivers/google/flags.js';
import { withRoomFirst } from '../../../../../drivers/google/life/capacity.js';
import { instanceOf, marketsOf, offersOf, requestIdOf, type Offer } from '../../../../../drivers/google/life/launch.js';
import { failureOfOperation } from '../../../../../drivers/google/call/refused.js';
import { parseConfig } from '../../../../../drivers/google/parse.js';
import { flagValues } from '../../../../../src/base/flags.js';

const image = { path: 'ubuntu-os-cloud/global/images/u', architecture: 'X86_64', diskSize: 12 } as const;
const offer: Offer = { candidate: { type: 'e2-medium', zone: 'europe-west1-b', image }, market: 'on-demand' };
const configOf = (flags: Record<string, unknown> = {}) => {
  const given = Object.fromEntries(Object.entries({ project: 'my-project', ...flags }).map(([name, value]) => [`google-${name}`, value]));
  return readConfig(parseConfig({ machineName: 'm1', storePath: '/s', machineDir: '/s/machines/m1', flags: flagValues(specs, given, {}) }));
};
const where = { project: 'my-project', network: 'projects/my-project/global/networks/default', subnetwork: undefined, inside: [] };
const parts = { owner: { store: 's', machine: 'm' }, where, metadata: [], address: undefined };
const made = (flags: Record<string, unknown> = {}, of = offer) => instanceOf(configOf(flags), of, parts);

describe('google: the request for a VM', () => {
  it('has labels on VM and disk, the tag of the store, and a disk that the image fits on', () => {
    const { labels, tags, disks } = made({ 'vm-labels': 'a,1', tags: 'web' });
    expect(labels).to.deep.equal({ a: '1', 'tsmachine-creator': 'tsmachine', 'tsmachine-store': 's', 'tsmachine-machine': 'm' });
    expect(tags?.items).to.deep.equal(['tsmachine-s', 'web']);
    expect(disks?.[0]).to.deep.include({ boot: true, autoDelete: true });
    expect(disks?.[0]?.initializeParams).to.deep.include({ diskName: 'm1-disk', diskSizeGb: '12', labels });
  });

  it('stops a spot VM that is taken back, and lets none move or restart', () => {
    expect(made({ spot: true }, { ...offer, market: 'spot' }).scheduling).to.deep.equal({
      provisioningModel: 'SPOT',
      instanceTerminationAction: 'STOP',
      onHostMaintenance: 'TERMINATE',
      automaticRestart: false,
    });
    expect(made({ preemptible: true }, { ...offer, market: 'spot' }).scheduling).to.include({ preemptible: true });
    expect(made().scheduling).to.deep.equal({});
  });

  it('has a GPU, a secure boot, a protection and a service account where they are wanted', () => {
    const vm = made({
      accelerator: 'nvidia-tesla-t4:2',
      'secure-boot': true,
      'deletion-protection': true,
      'min-cpu-platform': 'Intel Ice Lake',
    });
    expect(vm.guestAccelerators).to.deep.equal([
      { acceleratorType: 'zones/europe-west1-b/acceleratorTypes/nvidia-tesla-t4', acceleratorCount: 2 },
    ]);
    expect(vm.scheduling).to.include({ onHostMaintenance: 'TERMINATE' });
    expect(vm).to.deep.include({ deletionProtection: true, minCpuPlatform: 'Intel Ice Lake' });
    expect(vm.shieldedInstanceConfig?.enableSecureBoot).to.equal(true);
    expect(vm.serviceAccounts?.[0]?.email).to.equal('default');
    expect(made({ 'service-account': 'none' })).not.to.have.property('serviceAccounts');
  });

  it('takes the disk type that a machine type needs, unless one is said', () => {
    const typed = (type: string, flags = {}) =>
      made(flags, { ...offer, candidate: { ...offer.candidate, type } }).disks?.[0]?.initializeParams?.diskType;
    expect(typed('e2-medium')).to.match(/\/pd-balanced$/);
    expect(typed('c4a-standard-1')).to.match(/\/hyperdisk-balanced$/);
    expect(typed('c4a-standard-1', { 'disk-type': 'pd-ssd' })).to.match(/\/pd-ssd$/);
  });

  it('has no external address where none is wanted', () => {
    expect(made({ 'use-internal-ip-only': true }).networkInterfaces?.[0]).not.to.have.property('accessConfigs');
  });

  it('has an id of its own for each offer, the same whenever it is repeated, and a UUID', () => {
    const id = requestIdOf('token', offer);
    expect(id)
      .to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
      .and.equal(requestIdOf('token', offer));
    expect(new Set([id, requestIdOf('other', offer), requestIdOf('token', { ...offer, market: 'spot' })]).size).to.equal(3);
  });
});

describe('google: the order of offers', () => {
  const candidates = ['a', 'b', 'c'].map((letter) => ({ type: 'e2-medium', zone: `europe-west1-${letter}`, image }));
  const zones = (offers: readonly Offer[]) => offers.map(({ candidate: { zone }, market }) => `${market} ${zone.slice(-1)}`);

  it('is spot everywhere, then on demand everywhere', () => {
    const config = configOf({ spot: true, 'spot-fallback': true });
    expect(marketsOf(config)).to.deep.equal(['spot', 'on-demand']);
    expect(zones(offersOf({ candidates }, config))).to.deep.equal([
      'spot a',
      'spot b',
      'spot c',
      'on-demand a',
      'on-demand b',
      'on-demand c',
    ]);
  });

  it('begins with zones that have room, of the same market', () => {
    const left = offersOf({ candidates }, configOf({ spot: true, 'spot-fallback': true })).slice(1);
    const details = [{ errorInfo: { metadatas: { zonesAvailable: 'europe-west1-c, us-east1-b' } } }];
    const error = failureOfOperation({ error: { errors: [{ code: 'X', message: 'm', errorDetails: details }] } });
    expect(zones(withRoomFirst(left, error))).to.deep.equal(['spot c', 'spot b', 'on-demand a', 'on-demand b', 'on-demand c']);
    expect(withRoomFirst(left, new Error('x'))).to.equal(left);
  });
});
