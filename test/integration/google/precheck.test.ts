import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { plain } from '../../../src/base/text.js';
import type { FlagValues } from '../../../src/driver/contract.js';
import { failureOf } from '../../helpers/failure.js';
import { firstPrincipal, firstProject, gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench } from './bench.js';
import { forgetSecrets } from './driver-world.js';

describe('google: what is refused before anything is made', () => {
  let cloud: GceStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  /** `CODE words | hint` */
  async function refused(flags: FlagValues = {}): Promise<string> {
    const { code, message, hint } = await failureOf((await bench.machine('m1', flags)).precheck());
    return `${code} ${message} | ${plain(hint ?? '')}`;
  }

  const subnetwork = { 'google-subnetwork': 'other' };
  const cases: readonly (readonly [string, FlagValues, RegExp])[] = [
    [
      'a project that is not there',
      { 'google-project': 'no-such-project' },
      /^(FLAG_INVALID Project with ID "no-such-project" not found \(--google-project\)|DRIVER_FAILED .*no-such-project).* \| ./,
    ],
    [
      'an unknown zone',
      { 'google-zone': ['europe-west1-x'] },
      /^FLAG_INVALID Google has no zone europe-west1-x .* \| There are europe-west1-b, /,
    ],
    [
      'a zone of an unknown region',
      { 'google-zone': ['eurpe-west1-b'] },
      /no zone eurpe-west1-b \(--google-zone\) \| Did you mean europe-west1-b\?/,
    ],
    [
      'an unknown type',
      { 'google-machine-type': ['e2-mediun'] },
      /^FLAG_INVALID us-central1 has no machine type e2-mediun \(--google-machine-type\) \| Did you mean e2-medium\?/,
    ],
    [
      'a type that the region has not',
      { 'google-machine-type': ['t2a-standard-1'], 'google-zone': ['us-east1-b'] },
      /^FLAG_INVALID us-east1 has no machine type t2a-standard-1/,
    ],
    ['a disk that is too small', { 'google-disk-size': 5 }, /^FLAG_INVALID --google-disk-size 5 is too small: the image \S+ needs 10 GB/],
    [
      "Docker Machine's old image",
      { 'google-machine-image': 'ubuntu-os-cloud/global/images/ubuntu-1604-xenial-v20170721' },
      /^FLAG_INVALID --google-machine-image ubuntu-os-cloud\S+: .*not found.* \| Take the newest one: --google-image ubuntu/,
    ],
    ['a version that is not there', { 'google-image': 'ubuntu:20.05' }, /has no image ubuntu:20\.05 for X86_64 \(--google-image\)/],
    [
      'an image for another processor',
      { 'google-machine-image': 'ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64' },
      /^FLAG_INVALID --google-machine-image does not go with --google-machine-type: .* is an image for ARM64, and n1-standard-1 has X86_64/,
    ],
    ['a network that is not there', { 'google-network': 'nowhere' }, /^FLAG_INVALID --google-network nowhere: .*not found/],
    ['a subnetwork that is not there', subnetwork, /^FLAG_INVALID --google-subnetwork other: .*not found/],
    [
      'a subnetwork of another network',
      { 'google-network': 'projects/p-project/global/networks/x', 'google-subnetwork': 'default' },
      /^FLAG_INVALID --google-subnetwork default belongs to projects\/stand-in-project\/global\/networks\/default, not to .*\(--google-network\)/,
    ],
    ['an address that is not there', { 'google-address': 'mine' }, /^FLAG_INVALID --google-address mine: .*not found/],
    [
      'a VM to take over that is not there',
      { 'google-use-existing': true },
      /^FLAG_INVALID unable to find instance "m1" in zone "us-central1-a"/,
    ],
    ['user data that is not there', { 'google-userdata': '/nonexistent/data' }, /^FLAG_INVALID There is no file .*\(--google-userdata\)/],
  ];
  for (const [what, flags, words] of cases)
    it(`refuses ${what}`, async () => {
      expect(await refused(flags)).to.match(words);
    });

  it('refuses user data that is too large', async () => {
    const machine = await bench.machine('m0');
    const file = join(machine.machineDir, 'data');
    await writeFile(file, `#!/bin/sh\n# ${randomBytes(300_000).toString('base64')}\n`);
    expect(await refused({ 'google-userdata': file })).to.match(
      /^FLAG_INVALID --google-userdata \S+: The user data of m1 has \d+ bytes .*262144/,
    );
  });

  it('refuses a project whose API is not enabled, with the command that enables it', async () => {
    await cloud.reset({ projects: [{ id: firstProject, enabled: false }] });
    expect(await refused()).to.match(
      /\(accessNotConfigured\) \| Enable it.*: gcloud services enable compute\.googleapis\.com --project stand-in-project$/,
    );
  });

  it('refuses credentials that have expired, after it took another token', async () => {
    await cloud.reset({ principals: [{ ...firstPrincipal, expired: true }] });
    expect(await refused()).to.match(/^DRIVER_FAILED .*\(authError\) \| The credentials have expired or were revoked/);
  });

  for (const right of ['compute.projects.get', 'compute.machineTypes.list', 'compute.networks.get'])
    it(`refuses credentials without the right ${right}, and names it`, async () => {
      const others = ['projects.get', 'machineTypes.list', 'networks.get', 'zones.list'].map((one) => `compute.${one}`);
      await cloud.reset({ principals: [{ ...firstPrincipal, permissions: others.filter((one) => one !== right) }] });
      expect(await refused()).to.match(
        new RegExp(`^DRIVER_FAILED .*\\(forbidden\\) \\| Give .* the permission ${right.replaceAll('.', '\\.')} `),
      );
    });
});
