import { expect } from 'chai';

import { checkConfig } from '../../../../drivers/google/check.js';
import { readConfig } from '../../../../drivers/google/config.js';
import { flags as specs } from '../../../../drivers/google/flags.js';
import { parseConfig } from '../../../../drivers/google/parse.js';
import { flagValues, withOldDefaults } from '../../../../src/base/flags.js';
import { failureOf } from '../../../helpers/failure.js';

const machineDir = '/store/machines/m1';
const parse = (flags: Record<string, unknown> = {}, machineName = 'm1', list = specs) => {
  const given = Object.fromEntries(Object.entries({ project: 'my-project', ...flags }).map(([name, value]) => [`google-${name}`, value]));
  return parseConfig({ machineName, storePath: '/store', machineDir, flags: flagValues(list, given, {}) });
};

/** As docker-machine 0.16.2 writes it. */
const dockerMachine = {
  IPAddress: '34.76.1.2',
  MachineName: 'm1',
  SSHUser: 'docker-user',
  SSHPort: 22,
  SSHKeyPath: `${machineDir}/id_rsa`,
  StorePath: '/store',
  SwarmMaster: false,
  SwarmHost: 'tcp://0.0.0.0:3376',
  SwarmDiscovery: '',
  Zone: 'europe-west1-b',
  MachineType: 'n1-standard-1',
  MachineImage: 'ubuntu-os-cloud/global/images/ubuntu-1604-xenial-v20170721',
  DiskType: 'pd-standard',
  Address: '',
  Network: 'default',
  Subnetwork: '',
  Preemptible: false,
  UseInternalIP: false,
  UseInternalIPOnly: false,
  ServiceAccount: 'default',
  Scopes: 'https://www.googleapis.com/auth/devstorage.read_only,https://www.googleapis.com/auth/logging.write',
  DiskSize: 10,
  Project: 'my-project',
  Tags: '',
  UseExisting: false,
  OpenPorts: null,
};

describe('google: flags to data', () => {
  it("has Docker Machine's fields with its words", () => {
    const data = parse({ zone: ['europe-west1-b'], tags: 'web, db', 'open-port': ['80', '53/udp'] });
    for (const field of Object.keys(dockerMachine)) expect(data, field).to.have.property(field);
    expect(data).to.include({
      SSHUser: 'docker-user',
      Zone: 'europe-west1-b',
      MachineType: 'n1-standard-1',
      Network: 'default',
      ServiceAccount: 'default',
      Tags: 'web,db',
      DiskSize: 10,
      Scopes: ['devstorage.read_only', 'logging.write', 'monitoring.write']
        .map((scope) => `https://www.googleapis.com/auth/${scope}`)
        .join(','),
    });
  });

  it("accepts and reads a config.json of Docker Machine's", () => {
    checkConfig(dockerMachine, { machineDir });
    expect(readConfig(dockerMachine)).to.deep.include({
      project: 'my-project',
      zone: 'europe-west1-b',
      openPorts: [],
      tags: [],
      ip: '34.76.1.2',
    });
    expect(readConfig(dockerMachine).own.machineTypes).to.deep.equal(['n1-standard-1']);
  });

  it('opens to everybody and takes the old disk type where it stands in for Docker Machine, and is closed otherwise', () => {
    expect(readConfig(parse({}, 'm1', withOldDefaults(specs))).own).to.deep.include({
      allowedCidrs: ['0.0.0.0/0', '::/0'],
      diskType: 'pd-standard',
    });
    expect(readConfig(parse()).own).to.deep.include({ allowedCidrs: [], diskType: '' });
  });

  for (const [given, kept] of [
    [
      'https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12',
      'debian-cloud/global/images/family/debian-12',
    ],
    ['projects/my-project/global/images/mine', 'my-project/global/images/mine'],
    ['ubuntu-os-cloud/global/images/ubuntu-1', 'ubuntu-os-cloud/global/images/ubuntu-1'],
  ] as const)
    it(`keeps the image ${given} in Docker Machine's form`, () => {
      expect(parse({ 'machine-image': given })).to.include({ MachineImage: kept });
    });

  const refused: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['no project', { project: '' }, /^FLAG_MISSING no Google Cloud Project name specified \(--google-project\)$/],
    ['a project by its name', { project: 'My Project' }, /^FLAG_INVALID --google-project must be the id of a project/],
    ['a region for a zone', { zone: ['europe-west1'] }, /^FLAG_INVALID --google-zone must be a zone such as europe-west1-b/],
    ['zones of two regions', { zone: ['europe-west1-b', 'us-east1-b'] }, /^FLAG_INVALID --google-zone us-east1-b is not in europe-west1/],
    [
      'a subnetwork of another region',
      { zone: ['europe-west1-b'], subnetwork: 'regions/us-east1/subnetworks/default' },
      /^FLAG_INVALID --google-subnetwork .* is in us-east1, and the machine in europe-west1$/,
    ],
    ['an image that is no path', { 'machine-image': 'ubuntu' }, /^FLAG_INVALID --google-machine-image must be an image such as/],
    [
      'two images',
      { image: 'debian', 'machine-image': 'p-project/global/images/x' },
      /^FLAG_INVALID --google-image and --google-machine-image exclude/,
    ],
    ['another distribution', { image: 'windows' }, /^FLAG_INVALID --google-image must be ubuntu or debian/],
    ['a port that is none', { 'open-port': ['70000'] }, /^FLAG_INVALID --google-open-port must be a port/],
    ['a label in capitals', { 'vm-labels': 'Key,value' }, /^FLAG_INVALID --google-vm-labels "Key,value" has the key "Key"/],
    ['a label without a value', { 'vm-labels': 'key' }, /has a key without a value/],
    ['a label of ours', { 'vm-labels': 'tsmachine-store,x' }, /which is reserved$/],
    ['a tag with a space', { tags: 'a b' }, /^FLAG_INVALID --google-tags must be tags/],
    ['a fallback from nothing', { 'spot-fallback': true }, /^FLAG_MISSING using --google-spot-fallback also requires --google-spot or/],
    ['two kinds of spot', { spot: true, preemptible: true }, /^FLAG_INVALID --google-spot and --google-preemptible exclude each other/],
    [
      'an address on a private machine',
      { address: 'new', 'use-internal-ip-only': true },
      /exclude each other: such an address is an external one$/,
    ],
    ['a disk of nothing', { 'disk-size': 0 }, /^FLAG_INVALID --google-disk-size must be a whole number from 1/],
    ['a scope that is none', { scopes: 'http://x' }, /^FLAG_INVALID --google-scopes must be a scope/],
    ['a network that is none', { network: '../x' }, /^FLAG_INVALID --google-network must be the name of a network/],
  ];
  for (const [what, flags, words] of refused)
    it(`refuses ${what}`, async () => {
      const { code, message } = await failureOf(Promise.resolve().then(() => parse(flags)));
      expect(`${code} ${message}`).to.match(words);
    });

  for (const name of ['M1', 'a.b', '1st', 'a_b', 'a-', 'x'.repeat(59)])
    it(`refuses a machine called ${name}`, async () => {
      const { code, message } = await failureOf(Promise.resolve().then(() => parse({}, name)));
      expect(`${code} ${message}`).to.include(`NAME_INVALID A machine of google cannot be called ${name}: `);
    });

  it('takes a name of 58 characters', () => {
    expect(parse({}, 'x'.repeat(58))).to.include({ MachineName: 'x'.repeat(58) });
  });
});

describe('google: data that is not its own', () => {
  for (const [field, value] of [
    ['Zone', 'europe-west1-b/../../x'],
    ['Project', 'a/b'],
    ['MachineName', '../m1'],
    ['MachineImage', '../../x'],
    ['Network', 'projects//x'],
    ['OpenPorts', ['x']],
    ['DiskSize', -1],
    ['SSHKeyPath', '/etc/shadow'],
    ['SSHUser', '-oProxyCommand=x'],
    ['UseExisting', 'yes'],
    ['Own', []],
    ['Own', { zones: ['a/b'] }],
    ['Own', { endpoint: 'http://user@host' }],
  ] as const)
    it(`refuses ${field} ${JSON.stringify(value)}`, async () => {
      const { code, message } = await failureOf(
        Promise.resolve().then(() => checkConfig({ ...dockerMachine, [field]: value }, { machineDir })),
      );
      expect(code).to.equal('CONFIG_UNREADABLE');
      expect(message).to.include(`Driver.${field}`);
    });
});
