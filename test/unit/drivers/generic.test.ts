import { expect } from 'chai';

import { dockerUrl, parseConfig, sshEndpoint } from '../../../drivers/generic/config.js';
import generic from '../../../drivers/generic/index.js';
import type { FlagValues } from '../../../src/driver/contract.js';

const defaults = Object.fromEntries((await generic.describe()).flags.map((flag) => [flag.name, flag.default]));
const parse = (flags: FlagValues) =>
  parseConfig({
    machineName: 'gk',
    storePath: '/store',
    machineDir: '/store/machines/gk',
    flags: { ...defaults, ...flags },
  });

describe('driver generic', () => {
  it('writes the fields that Docker Machine writes, in its order, and refers to the key where it lies', () => {
    const data = parse({
      'generic-ip-address': '10.0.0.5',
      'generic-ssh-port': 12222,
      'generic-engine-port': 12376,
      'generic-ssh-key': '/keys/k1',
    });
    expect(JSON.stringify(data)).to.equal(
      JSON.stringify({
        IPAddress: '10.0.0.5',
        MachineName: 'gk',
        SSHUser: 'root',
        SSHPort: 12222,
        SSHKeyPath: '/keys/k1',
        StorePath: '/store',
        SwarmMaster: false,
        SwarmHost: '',
        SwarmDiscovery: '',
        EnginePort: 12376,
        SSHKey: '/keys/k1',
      }),
    );
  });

  it('reads its endpoint back from what Docker Machine wrote', () => {
    const data = { IPAddress: 'fd00::5', SSHUser: 'ann', SSHPort: 2222, SSHKeyPath: '', EnginePort: 2377 };
    expect(sshEndpoint(data)).to.deep.equal({ host: 'fd00::5', port: 2222, user: 'ann', sudoPasswordEnv: 'GENERIC_SUDO_PASSWORD' });
    expect(dockerUrl(data)).to.equal('tcp://[fd00::5]:2377');
  });

  it('keeps a chain of jump hosts', () => {
    const data = parse({ 'generic-ip-address': 'inner', 'generic-jump-host': ['ann@gate:2222', '[fd00::1]:22'] });
    expect(sshEndpoint(data).jump).to.deep.equal(['ann@gate:2222', '[fd00::1]:22']);
  });

  it('asks for the address', () => {
    expect(() => parse({}))
      .to.throw('generic driver requires the --generic-ip-address option')
      .with.property('code', 'FLAG_MISSING');
  });

  const malformed: [string, FlagValues][] = [
    ['an IPv4 address out of range', { 'generic-ip-address': '300.1.1.1' }],
    ['a cut IPv4 address', { 'generic-ip-address': '10.1.2' }],
    ['an address with a blank', { 'generic-ip-address': 'a b' }],
    ['an option in place of an address', { 'generic-ip-address': '-oProxyCommand=x' }],
    ['port 0', { 'generic-ip-address': 'h', 'generic-ssh-port': 0 }],
    ['port 65536', { 'generic-ip-address': 'h', 'generic-engine-port': 65_536 }],
    ['a user with a blank', { 'generic-ip-address': 'h', 'generic-ssh-user': 'a b' }],
    ['a user that is an option', { 'generic-ip-address': 'h', 'generic-ssh-user': '-l' }],
    ['a jump host that is an option', { 'generic-ip-address': 'h', 'generic-jump-host': ['-oX=y'] }],
  ];
  for (const [what, flags] of malformed) {
    it(`refuses ${what}`, () => {
      expect(() => parse(flags))
        .to.throw()
        .with.property('code', 'FLAG_INVALID');
    });
  }
});
