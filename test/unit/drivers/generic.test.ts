import { expect } from 'chai';

import { dockerUrl, parseConfig, sshEndpoint } from '../../../drivers/generic/config.js';
import generic from '../../../drivers/generic/index.js';
import type { DriverData, FlagValues, SshHost } from '../../../src/driver/contract.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { failureOf } from '../../helpers/failure.js';

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

  it('leaves user and port open where no flag says them, and root and 22 stand for them', () => {
    const data = parse({ 'generic-ip-address': 'web1', 'generic-ssh-user': '', 'generic-ssh-port': undefined });
    expect(data).to.include({ SSHUser: '', SSHPort: 0 });
    expect(sshEndpoint(data)).to.include({ host: 'web1', user: 'root', port: 22 });
  });

  describe('with a name of the ssh configuration', () => {
    const found = { host: '10.0.0.7', user: 'ann', port: 2222, proxied: false };
    const create = async (flags: FlagValues, answer: SshHost): Promise<{ data: DriverData; asked: unknown[] }> => {
      const machine = new MemoryMachine(
        parse({ 'generic-ip-address': 'web1', 'generic-ssh-user': '', 'generic-ssh-port': undefined, ...flags }),
      );
      const asked: unknown[] = [];
      const ctx = machine.context({
        machineName: 'm1',
        machineDir: '/nowhere',
        cacheDir: '/nowhere',
        sshHost: (...words) => {
          asked.push(words);
          return Promise.resolve(answer);
        },
      });
      const driver = await generic.open({ env: {}, signal: ctx.signal });
      await driver.create(machine.data, ctx);
      // an interrupted create is repeated with what it kept
      await driver.create(machine.data, ctx);
      driver.check(machine.data, { machineDir: '/nowhere' });
      return { data: machine.data, asked };
    };

    it('keeps the address, user and port that it stands for, and asks ssh for the name from then on', async () => {
      const { data } = await create({}, found);
      expect(data).to.include({ IPAddress: '10.0.0.7', SSHUser: 'ann', SSHPort: 2222, SSHAlias: 'web1' });
      expect(sshEndpoint(data)).to.include({ host: 'web1', user: 'ann', port: 2222 });
      expect(dockerUrl(data)).to.equal('tcp://10.0.0.7:2376');
    });

    it('lets flags win', async () => {
      const { data, asked } = await create({ 'generic-ssh-user': 'root', 'generic-ssh-port': 22 }, found);
      expect(data).to.include({ SSHUser: 'root', SSHPort: 22 });
      expect(asked[0]).to.deep.equal(['web1', { user: 'root', port: 22 }]);
    });

    it('keeps no name that stands for itself', async () => {
      const { data } = await create({}, { host: 'web1', user: undefined, port: undefined, proxied: false });
      expect(data).to.include({ IPAddress: 'web1', SSHUser: 'root', SSHPort: 22 }).and.not.have.property('SSHAlias');
    });

    it('refuses an address that is none', async () => {
      expect((await failureOf(create({}, { ...found, host: '-oProxyCommand=x' }))).code).to.equal('FLAG_INVALID');
    });

    it('looks for a host behind ProxyJump by a login, and for any other at its port', async () => {
      const look = async (proxied: boolean): Promise<string[]> => {
        const asked: string[] = [];
        const ctx = new MemoryMachine().context({
          machineName: 'm1',
          machineDir: '/nowhere',
          cacheDir: '/nowhere',
          sshHost: () => Promise.resolve({ ...found, proxied }),
          listens: (host) => {
            asked.push(host);
            return Promise.resolve(true);
          },
          ssh: ({ host }) => {
            asked.push(host);
            return Promise.reject(new Error('no way'));
          },
        });
        const driver = await generic.open({ env: {}, signal: ctx.signal });
        const { state } = await driver.look({ IPAddress: '10.0.0.7', SSHAlias: 'web1' }, ctx);
        return [...asked, state];
      };
      expect(await look(false)).to.deep.equal(['10.0.0.7', 'Running']);
      expect(await look(true)).to.deep.equal(['web1', 'Stopped']);
    });
  });

  it('takes a host key or its fingerprint along', () => {
    const data = parse({ 'generic-ip-address': 'h', 'generic-host-key': ` SHA256:${'A'.repeat(43)}\n` });
    expect(sshEndpoint(data).hostKey).to.equal(`SHA256:${'A'.repeat(43)}`);
  });

  it('restarts when the connection ends with the reboot, and waits for another boot id', async () => {
    const told: string[] = [];
    const ids = ['one', 'one', undefined, 'two'];
    const ctx = new MemoryMachine().context({
      machineName: 'm1',
      machineDir: '/nowhere',
      cacheDir: '/nowhere',
      ssh: (_endpoint, use) =>
        use({
          exec: () => {
            const id = ids.shift();
            told.push(`boot id ${id ?? 'not to be had'}`);
            return id === undefined ? Promise.reject(new Error('no way')) : Promise.resolve({ exitCode: 0, stdout: `${id}\n`, stderr: '' });
          },
          rootScript: (template, _variables, options) => {
            told.push(`${template}, may end the connection: ${String(options?.endsHost)}`);
            return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
          },
        }),
    });
    const driver = await generic.open({ env: {}, signal: ctx.signal });
    await driver.restart?.({ IPAddress: '10.0.0.7' }, ctx);
    expect(told).to.deep.equal([
      'boot id one',
      'generic/reboot.sh, may end the connection: true',
      'boot id one',
      'boot id not to be had',
      'boot id two',
    ]);
  }).timeout(10_000);

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
    ['a host key that is none', { 'generic-ip-address': 'h', 'generic-host-key': 'ssh-ed25519' }],
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
