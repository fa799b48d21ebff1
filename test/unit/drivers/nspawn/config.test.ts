import { expect } from 'chai';

import { checkConfig, parseConfig, readConfig } from '../../../../drivers/nspawn/config.js';
import nspawn from '../../../../drivers/nspawn/index.js';
import type { FlagValues } from '../../../../src/driver/contract.js';

const { flags: specs } = await nspawn.describe();
const parse = (flags: FlagValues = {}) =>
  parseConfig({
    machineName: 'm1',
    storePath: '/s',
    machineDir: '/s/machines/m1',
    flags: { ...Object.fromEntries(specs.map((flag) => [flag.name, flag.default])), ...flags },
  });

describe('nspawn configuration', () => {
  it('begins with the nine base fields', () => {
    expect(Object.keys(parse()).slice(0, 9)).to.deep.equal([
      'IPAddress',
      'MachineName',
      'SSHUser',
      'SSHPort',
      'SSHKeyPath',
      'StorePath',
      'SwarmMaster',
      'SwarmHost',
      'SwarmDiscovery',
    ]);
    expect(parse()).to.include({ SSHUser: 'root', SSHPort: 22, SSHKeyPath: '/s/machines/m1/id_ed25519', Suite: 'trixie', Engine: 'image' });
  });

  it('leaves the engine to provisioning when a version is asked for', () => {
    const input = {
      machineName: 'm1',
      storePath: '/s',
      machineDir: '/s/machines/m1',
      flags: { 'nspawn-suite': 'trixie', 'nspawn-memory': 0 },
    };
    const flags = { ...input.flags, 'nspawn-cpus': 0, 'nspawn-engine': 'image' };
    expect(parseConfig({ ...input, flags })['Engine']).to.equal('image');
    expect(parseConfig({ ...input, flags, engineVersion: '99' })['Engine']).to.equal('machine');
  });

  it('reads back what it wrote', () => {
    const config = readConfig(
      parse({
        'nspawn-suite': 'sid',
        'nspawn-mirror': 'http://mirror.example/debian',
        'nspawn-cidr': '172.31.9.7/24',
        'nspawn-memory': 512,
        'nspawn-cpus': 2,
        'nspawn-rootfs': '/r.tar',
        'nspawn-engine': 'machine',
      }),
    );
    expect(config).to.include({
      suite: 'sid',
      mirror: 'http://mirror.example/debian',
      cidr: '172.31.9.0/24',
      memory: 512,
      cpus: 2,
      rootfs: '/r.tar',
      engine: 'machine',
      ip: '',
      image: '',
    });
  });

  for (const [field, value] of [
    ['Id', 'x/../../unified'],
    ['Id', '..'],
    ['Id', ''],
    ['Id', 4711],
    ['IPAddress', '10.0.0.1; rm -rf /'],
    ['IPAddress', '-s'],
    ['CIDR', '0.0.0.0/0'],
    ['CIDR', '10.0.0.1/24'],
    ['CIDR', '127.0.0.1'],
    ['Suite', '../../etc'],
    ['Suite', '--foreign'],
    ['Mirror', '--foreign'],
    ['Image', '../../../etc'],
    ['Image', '/etc'],
    ['RootFS', '--to-command=sh'],
    ['Engine', '../x'],
    ['SSHKeyPath', '/root/.ssh/id_rsa'],
    ['SSHUser', '-oProxyCommand=touch /tmp/x'],
    ['Memory', '1; x'],
    ['Open', 'yes'],
  ] as const) {
    it(`refuses data whose ${field} is ${JSON.stringify(value)}`, () => {
      expect(() => {
        checkConfig({ ...parse(), [field]: value }, { machineDir: '/s/machines/m1' });
      })
        .to.throw(`Driver.${field} `)
        .with.property('code', 'CONFIG_UNREADABLE');
    });
  }

  it('takes what it wrote itself', () => {
    expect(() => {
      checkConfig(parse({ 'nspawn-cidr': '172.31.9.7/24', 'nspawn-open': true }), { machineDir: '/s/machines/m1' });
    }).not.to.throw();
  });

  it('makes a relative tarball absolute', () => {
    expect(parse({ 'nspawn-rootfs': 'r.tar' })['RootFS']).to.equal(`${process.cwd()}/r.tar`);
  });

  it('gives every flag an environment variable', () => {
    for (const flag of specs) expect(flag.env).to.equal(flag.name.toUpperCase().replaceAll('-', '_'));
  });

  for (const [flag, value] of [
    ['nspawn-suite', ''],
    ['nspawn-suite', '../x'],
    ['nspawn-suite', '-x'],
    ['nspawn-mirror', 'mirror'],
    ['nspawn-mirror', 'http://a b'],
    ['nspawn-mirror', 'ftp://a/'],
    ['nspawn-cidr', '10.0.0.0'],
    ['nspawn-cidr', '10.0.0.0/8'],
    ['nspawn-cidr', '10.0.0.0/30'],
    ['nspawn-cidr', '10.0.0/24'],
    ['nspawn-cidr', '0.0.0.0/24'],
    ['nspawn-cidr', '224.0.0.0/24'],
    ['nspawn-memory', -1],
    ['nspawn-memory', 1.5],
    ['nspawn-cpus', 5000],
    ['nspawn-engine', 'maybe'],
  ] as const) {
    it(`refuses --${flag} ${JSON.stringify(value)}`, () => {
      expect(() => parse({ [flag]: value }))
        .to.throw(`--${flag}`)
        .with.property('code', 'FLAG_INVALID');
    });
  }
});
