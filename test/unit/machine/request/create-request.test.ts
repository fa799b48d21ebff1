import { expect } from 'chai';

import { flagValues, type FlagValues } from '../../../../src/base/flags.js';
import { createRequest, requestOf } from '../../../../src/machine/request/create-request.js';
import { checkMachineFlags } from '../../../../src/machine/request/machine-checks.js';
import { machineFlags } from '../../../../src/machine/request/machine-flags.js';
import { failureOf } from '../../../helpers/failure.js';

describe('machine: values of the flags of create', () => {
  const defaults = flagValues(machineFlags, {}, {});
  const check = (flag: string, value: string | string[] | number) =>
    failureOf(() => {
      checkMachineFlags({ ...defaults, [flag]: value });
    });

  it('are good by default', () => {
    expect(() => {
      checkMachineFlags(defaults);
    }).to.not.throw();
  });

  const good: [string, string | string[]][] = [
    ['engine-label', ['a=b', 'a=', 'com.x/y=c d']],
    ['engine-opt', ['dns=8.8.8.8', 'experimental', 'log-opt=max-size=1m']],
    ['engine-env', ['A=b', 'HTTP_PROXY=http://x:1', '_x=']],
    ['tls-san', ['m1.example.com', '10.0.0.1', '::1', 'localhost', '*.example.com']],
    ['swarm-discovery', 'token://abc'],
    ['engine-registry-mirror', ['https://mirror.example.com']],
    ['engine-install', 'distro'],
  ];
  for (const [flag, value] of good) {
    it(`takes --${flag} ${String(value)}`, () => {
      expect(() => {
        checkMachineFlags({ ...defaults, [flag]: value });
      }).to.not.throw();
    });
  }

  it('takes an install script over plain http only when that is allowed', async () => {
    const { message, hint } = await check('engine-install-url', 'http://mirror.example.com/install.sh');
    expect(message).to.equal(
      '--engine-install-url "http://mirror.example.com/install.sh" must be an https URL: ' +
        'over plain http, anybody on the way can change the script, and the machine runs it as root',
    );
    expect(hint).to.contain('--engine-install-insecure');
    const allowed = { ...defaults, 'engine-install-url': 'http://mirror.example.com/install.sh', 'engine-install-insecure': true };
    expect(requestOf('none', allowed, {}).install).to.deep.equal({ mode: 'auto', insecure: true });
  });

  const bad: [string, string | string[]][] = [
    ['engine-label', ['a']],
    ['engine-label', ['=b']],
    ['engine-label', ['a b=c']],
    ['engine-opt', ['--dns=8.8.8.8']],
    ['engine-opt', ['']],
    ['engine-opt', ['a b=c']],
    ['engine-env', ['A']],
    ['engine-env', ['1A=b']],
    ['engine-env', ['A=b\nExecStart=x']],
    ['tls-san', ['']],
    ['tls-san', ['exa mple.com']],
    ['tls-san', ['10.0.0.1/24']],
    ['tls-san', ['-x.com']],
    ['tls-san', ['a..b']],
    ['engine-registry-mirror', ['mirror.example.com']],
    ['engine-install-url', 'get.docker.com'],
    ['engine-insecure-registry', ['a b']],
    ['engine-storage-driver', 'over lay'],
    ['engine-install', 'snap'],
    ['engine-version', '26; id'],
    ['swarm-host', '0.0.0.0'],
    ['swarm-host', 'tcp://0.0.0.0:0'],
    ['swarm-host', 'tcp://0.0.0.0:65536'],
    ['swarm-image', 'swarm latest'],
  ];
  for (const [flag, value] of bad) {
    it(`refuses --${flag} ${JSON.stringify(value)}`, async () => {
      const error = await check(flag, value);
      expect(error).to.include({ code: 'FLAG_INVALID', exit: 2 });
      expect(error.message).to.match(new RegExp(`^--${flag} ".*" must be `));
    });
  }
  it("refuses a discovery that is no URL with Docker Machine's words", async () => {
    expect((await check('swarm-discovery', 'bad')).message).to.equal(
      'Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: bad',
    );
  });
  it('become the request of the engine', () => {
    const given = {
      'engine-opt': ['a=b'],
      'engine-label': ['k=v'],
      'swarm-master': true,
      'tls-san': ['x'],
      'engine-version': '26.1',
      'engine-install': 'docker',
    };
    const values = flagValues(machineFlags, given, {});
    const request = requestOf('none', values, { caCert: '/ca.pem' });
    expect(request).to.deep.include({
      driverName: 'none',
      install: { mode: 'docker', version: '26.1' },
      tlsSans: ['x'],
      tls: { caCert: '/ca.pem' },
      flags: values,
    });
    expect(request.engine).to.deep.include({
      ArbitraryFlags: ['a=b'],
      Labels: ['k=v'],
      InstallURL: 'https://get.docker.com',
      TlsVerify: true,
    });
    expect(request.swarm).to.include({
      IsSwarm: true,
      Agent: false,
      Master: true,
      Image: 'swarm:latest',
      Strategy: 'spread',
      Host: 'tcp://0.0.0.0:3376',
    });
  });
});

describe('machine: a request from flags by name', () => {
  const request = (flags: FlagValues, env: NodeJS.ProcessEnv = {}, driver = 'generic') =>
    createRequest({ env }, { name: 'm1', driver, flags });

  it('fills in the environment and the defaults', async () => {
    const env = { GENERIC_SSH_USER: 'anna', GENERIC_SSH_PORT: '2222' };
    const { flags, engine, install } = await request({ 'generic-ip-address': '10.0.0.5', 'engine-label': ['a=b'] }, env);
    expect(flags).to.include({ 'generic-ip-address': '10.0.0.5', 'generic-ssh-user': 'anna', 'generic-ssh-port': 2222 });
    expect(engine).to.deep.include({ Labels: ['a=b'], InstallURL: 'https://get.docker.com' });
    expect(install).to.deep.equal({ mode: 'auto' });
  });

  it('takes a number as text, one string for a list of one, and undefined for nothing', async () => {
    const { flags } = await request({ 'generic-ssh-port': '23', 'generic-jump-host': 'gate', 'generic-ssh-user': undefined });
    expect(flags).to.deep.include({ 'generic-ssh-port': 23, 'generic-jump-host': ['gate'], 'generic-ssh-user': '' });
  });

  it('prefers false to what the environment says', async () => {
    const { flags } = await request({ 'hyperv-disable-dynamic-memory': false }, { HYPERV_DISABLE_DYNAMIC_MEMORY: 'true' }, 'hyperv');
    expect(flags['hyperv-disable-dynamic-memory']).to.equal(false);
  });

  it('finds the driver as the command line does', async () => {
    expect((await createRequest({ env: {} }, { name: 'm1' })).driverName).to.equal('virtualbox');
    expect((await createRequest({ env: { MACHINE_DRIVER: 'none' } }, { name: 'm1' })).driverName).to.equal('none');
    expect((await failureOf(createRequest({ env: {} }, { name: 'm1', driver: 'nspwan' }))).code).to.equal('DRIVER_UNKNOWN');
  });

  const wrong: [why: string, flags: FlagValues, code: string, message: RegExp, hint?: string][] = [
    [
      'an unknown flag',
      { 'generic-ip-adress': 'x' },
      'USAGE',
      /^Nonexistent flag: --generic-ip-adress$/,
      'Did you mean "generic-ip-address"?',
    ],
    [
      'dashes',
      { '--engine-label': 'a=b' },
      'USAGE',
      /^Nonexistent flag: --engine-label$/,
      'Names of flags have no dashes in front: "engine-label"',
    ],
    ['a text for a number', { 'generic-ssh-port': 'ssh' }, 'FLAG_INVALID', /^--generic-ssh-port: expected a whole number, not "ssh"$/],
    ['half a number', { 'generic-ssh-port': 2.5 }, 'FLAG_INVALID', /^--generic-ssh-port must be a whole number$/],
    ['a number for a text', { 'generic-ip-address': 10 }, 'FLAG_INVALID', /^--generic-ip-address must be a string$/],
    ['a text for a switch', { swarm: 'yes' }, 'FLAG_INVALID', /^--swarm must be true or false$/],
    ['a value of another form', { 'engine-label': ['a'] }, 'FLAG_INVALID', /^--engine-label "a" must be /],
  ];
  for (const [why, flags, code, message, hint] of wrong) {
    it(`refuses ${why}`, async () => {
      const error = await failureOf(request(flags));
      expect(error).to.include({ code, exit: 2 });
      expect(error.message).to.match(message);
      expect(error.hint).to.equal(hint);
    });
  }

  it('refuses a name that is none', async () => {
    expect((await failureOf(createRequest({ env: {} }, { name: 'a/b', driver: 'none' }))).code).to.equal('NAME_INVALID');
  });
});
