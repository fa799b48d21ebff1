import { expect } from 'chai';

import { checkCreateFlags } from '../../../../src/cli/options/create-checks.js';
import { createFlags, driverNameOf } from '../../../../src/cli/options/create-flags.js';
import { createRequest } from '../../../../src/cli/options/create-request.js';
import { toFlagInput } from '../../../../src/cli/options/driver-flags.js';
import { newNames, optionalArgument, atLeastOneName } from '../../../../src/cli/line/arguments.js';
import { flagValues, type FlagSpec } from '../../../../src/base/flags.js';
import { failureOf } from '../../../helpers/failure.js';
import { parseLine } from '../line/parse-line.js';

const specs: readonly FlagSpec[] = [
  { name: 'x-text', type: 'string', default: 'preset', env: 'X_TEXT', usage: 'text' },
  { name: 'x-port', type: 'int', default: 22, env: 'X_PORT', usage: 'port' },
  { name: 'x-on', type: 'bool', env: 'X_ON', usage: 'switch' },
  { name: 'x-list', type: 'strings', default: ['d'], env: 'X_LIST', usage: 'list' },
];

async function valuesOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return flagValues(specs, (await parseLine(argv, toFlagInput(specs), env)).flags, env);
}

describe('cli: flags that are data', () => {
  it('have their defaults', async () => {
    expect(await valuesOf([])).to.deep.equal({ 'x-text': 'preset', 'x-port': 22, 'x-on': false, 'x-list': ['d'] });
  });
  it('read the environment, lists included', async () => {
    const env = { X_TEXT: 'e', X_PORT: '23', X_ON: '1', X_LIST: 'a, b,' };
    expect(await valuesOf([], env)).to.deep.equal({ 'x-text': 'e', 'x-port': 23, 'x-on': true, 'x-list': ['a', 'b'] });
  });
  it('prefer what was given', async () => {
    const env = { X_TEXT: 'e', X_PORT: '23', X_ON: '0', X_LIST: 'a,b' };
    const argv = ['--x-text', '', '--x-port=24', '--x-on', '--x-list', 'c,d', '--x-list=e', 'name'];
    expect(await valuesOf(argv, env)).to.deep.equal({ 'x-text': '', 'x-port': 24, 'x-on': true, 'x-list': ['c,d', 'e'] });
  });
  it('name the flag or the variable that holds no number', async () => {
    expect(await failureOf(valuesOf(['--x-port', 'ssh']))).to.include({
      code: 'FLAG_INVALID',
      message: '--x-port: expected a whole number, not "ssh"',
    });
    expect(await failureOf(valuesOf([], { X_PORT: '2x' }))).to.include({
      code: 'FLAG_INVALID',
      message: 'X_PORT: expected a whole number, not "2x"',
    });
  });
});

describe('cli: the driver of create', () => {
  const cases: [string[], NodeJS.ProcessEnv, string | undefined][] = [
    [['-d', 'none', 'm'], {}, 'none'],
    [['m', '--driver', 'none'], {}, 'none'],
    [['-d=none=x'], {}, 'none'],
    [['--driver=none', '-d', 'generic'], {}, 'none'],
    [['m'], { MACHINE_DRIVER: 'generic' }, 'generic'],
    [['--driver='], { MACHINE_DRIVER: 'generic' }, 'generic'],
    [['m'], {}, undefined],
  ];
  for (const [argv, env, name] of cases) {
    it(`is ${name ?? 'not chosen'} in "${argv.join(' ')}"`, () => {
      expect(driverNameOf(argv, env)).to.equal(name);
    });
  }
});

describe('cli: values of create', () => {
  const defaults = flagValues(createFlags, {}, {});
  const check = (flag: string, value: string | string[] | number) =>
    failureOf(() => {
      checkCreateFlags({ ...defaults, [flag]: value });
    });

  it('are good by default', () => {
    expect(() => {
      checkCreateFlags(defaults);
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
        checkCreateFlags({ ...defaults, [flag]: value });
      }).to.not.throw();
    });
  }

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
  it('refuses a concurrency outside 1 to 100', async () => {
    expect((await check('concurrency', 0)).code).to.equal('FLAG_INVALID');
    expect((await check('concurrency', 101)).code).to.equal('FLAG_INVALID');
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
    const values = flagValues([...createFlags, ...specs], given, {});
    const request = createRequest('none', values, {
      storagePath: undefined,
      nativeSsh: false,
      githubToken: '',
      tls: { caCert: '/ca.pem' },
    });
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

describe('cli: names', () => {
  it('take one, or none', async () => {
    expect([optionalArgument([]), optionalArgument(['a'])]).to.deep.equal([undefined, 'a']);
    expect((await failureOf(() => optionalArgument(['a', 'b']))).message).to.equal('Error: Expected one machine name as an argument');
  });
  it('are removed once each', async () => {
    expect(atLeastOneName(['a', 'b', 'a'])).to.deep.equal(['a', 'b']);
    expect((await failureOf(() => atLeastOneName([]))).code).to.equal('USAGE');
  });
  const wrong: [string[], string][] = [
    [[], 'USAGE'],
    [['ok', ''], 'NAME_INVALID'],
    [['ok', '..'], 'NAME_INVALID'],
    [['a', 'a'], 'NAME_INVALID'],
    [['web', 'Web'], 'NAME_INVALID'],
  ];
  for (const [names, code] of wrong) {
    it(`of new machines: refuses ${JSON.stringify(names)} whole`, async () => {
      expect((await failureOf(() => newNames(names))).code).to.equal(code);
    });
  }
});
