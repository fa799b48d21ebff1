import * as Flags from '@oclif/core/flags';
import { expect } from 'chai';

import { splitCommandLine } from '../../../../src/cli/line/split.js';
import { seconds } from '../../../../src/cli/line/flags.js';
import { debugWanted, resolveGlobals } from '../../../../src/cli/line/globals.js';
import { failureOf } from '../../../helpers/failure.js';
import { parseLine } from './parse-line.js';

const own = {
  force: Flags.boolean({ char: 'f' }),
  shell: Flags.string(),
  filter: Flags.string({ multiple: true, multipleNonGreedy: true }),
  timeout: seconds({ char: 't', default: 10 }),
};

const parse = (...argv: string[]) => parseLine(argv, own, {});

describe('cli: argument grammar', () => {
  it('takes flags after names and keeps the order of names', async () => {
    const { flags, args } = await parse('one', '-f', 'extra', 'one', '--shell', 'fish', 'two', 'one');
    expect(args).to.deep.equal(['one', 'extra', 'one', 'two', 'one']);
    expect(flags).to.include({ force: true, shell: 'fish' });
  });

  it('reads -x v, -x=v, --x v, --x=v and single-dash long flags', async () => {
    for (const words of [['-t', '3'], ['-t=3'], ['--timeout', '3'], ['--timeout=3'], ['-timeout', '3'], ['-timeout=3']]) {
      expect((await parse(...words)).flags.timeout, words.join(' ')).to.equal(3);
    }
  });

  it('gathers repeated lists without swallowing names, and takes the last of other flags', async () => {
    const { flags, args } = await parse('--filter', 'a=b', 'x', '--filter=c=d', '--shell', 'one', '--shell=two');
    expect(flags).to.deep.include({ filter: ['a=b', 'c=d'], shell: 'two' });
    expect(args).to.deep.equal(['x']);
  });

  it('reads Go booleans', async () => {
    expect((await parse('--force=false')).flags.force).to.not.equal(true);
    expect((await parse('-f=T')).flags.force).to.equal(true);
    expect((await parse('-f', '-f=0')).flags.force).to.not.equal(true);
    expect(await failureOf(parse('--force=maybe'))).to.include({ code: 'USAGE' });
  });

  it('ends flags at --', async () => {
    expect((await parse('a', '--', '-f', '--filter')).args).to.deep.equal(['a', '-f', '--filter']);
  });

  it('uses defaults', async () => {
    expect((await parse()).flags.timeout).to.equal(10);
  });

  const wrong: [string[], string, string | undefined][] = [
    [['--bogus'], 'flag provided but not defined: --bogus', undefined],
    [['--filtre', 'a=b'], 'flag provided but not defined: --filtre', 'Did you mean --filter?'],
    [['-fy'], 'flag provided but not defined: -fy', undefined],
    [['a', '--shell'], 'flag needs an argument: --shell', undefined],
    [['-t', 'abc'], '--timeout: expected a number of seconds, not "abc"', undefined],
    [['-t', '-1'], '--timeout: expected a number of seconds, not "-1"', undefined],
  ];
  for (const [argv, message, hint] of wrong) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const error = await failureOf(parse(...argv));
      expect(error).to.include({ message, exit: 2 });
      if (hint !== undefined) expect(error.hint).to.equal(hint);
    });
  }

  it('takes global flags after the command too', async () => {
    const { globals, args } = await parse(
      'm1',
      '-s',
      '/store',
      '--native-ssh',
      '--bugsnag-api-token',
      'no-report',
      '--tls-ca-cert=ca.pem',
      '--driver-path=/d',
    );
    expect(globals).to.deep.equal({ storagePath: '/store', driverPath: '/d', nativeSsh: true, githubToken: '', tls: { caCert: 'ca.pem' } });
    expect(args).to.deep.equal(['m1']);
  });
});

describe('cli: splitting the command line', () => {
  const cases: [string[], string[], string | undefined, string[]][] = [
    [['ls', '-q'], [], 'ls', ['-q']],
    [['-s', 'DIR', '--native-ssh', 'ssh', 'm1', 'df', '-h'], ['-s', 'DIR', '--native-ssh'], 'ssh', ['m1', 'df', '-h']],
    [['-s=DIR', '-D', 'ls'], ['-s=DIR', '-D'], 'ls', []],
    [['--storage-path', 'ls', 'ls'], ['--storage-path', 'ls'], 'ls', []],
    [['-debug', 'ls'], ['-debug'], 'ls', []],
    [['-v'], [], 'version', []],
    [['-D', '--version', 'x'], ['-D'], 'version', []],
    [['--help', 'x'], [], 'help', []],
    [[], [], undefined, []],
    [['-D'], ['-D'], undefined, []],
  ];
  for (const [argv, leading, command, rest] of cases) {
    it(`cuts "${argv.join(' ')}"`, () => {
      expect(splitCommandLine(argv)).to.deep.equal({ leading, command, rest });
    });
  }
  it('refuses unknown global flags and missing values', async () => {
    expect(await failureOf(() => splitCommandLine(['--bogus', 'ls']))).to.include({
      code: 'USAGE',
      message: 'flag provided but not defined: --bogus',
    });
    expect(await failureOf(() => splitCommandLine(['-s']))).to.include({ code: 'USAGE', message: 'flag needs an argument: -s' });
  });
});

describe('cli: global values', () => {
  it('prefer flags to the environment', () => {
    const env = { MACHINE_STORAGE_PATH: '/env', TSMACHINE_DRIVER_PATH: '/d', MACHINE_NATIVE_SSH: 'TRUE', MACHINE_TLS_CLIENT_KEY: 'k.pem' };
    expect(resolveGlobals({}, env)).to.deep.equal({
      storagePath: '/env',
      driverPath: '/d',
      nativeSsh: true,
      githubToken: '',
      tls: { clientKey: 'k.pem' },
    });
    expect(resolveGlobals({ 'storage-path': '/flag', 'tls-client-key': 'f.pem' }, env)).to.deep.include({
      storagePath: '/flag',
      tls: { clientKey: 'f.pem' },
    });
  });
  it('ignore an invalid MACHINE_NATIVE_SSH and an empty path', () => {
    expect(resolveGlobals({}, { MACHINE_NATIVE_SSH: 'yes', MACHINE_STORAGE_PATH: '' })).to.deep.equal({
      storagePath: undefined,
      driverPath: undefined,
      nativeSsh: false,
      githubToken: '',
      tls: {},
    });
  });
  it('find --debug anywhere, and let MACHINE_DEBUG override it', () => {
    expect(debugWanted(['ls', '-D'], {})).to.equal(true);
    expect(debugWanted(['-debug'], {})).to.equal(true);
    expect(debugWanted(['ls'], {})).to.equal(false);
    expect(debugWanted(['-D'], { MACHINE_DEBUG: '0' })).to.equal(false);
    expect(debugWanted([], { MACHINE_DEBUG: 't' })).to.equal(true);
  });
  it('refuse a MACHINE_DEBUG that is no boolean', async () => {
    expect(await failureOf(() => debugWanted([], { MACHINE_DEBUG: 'foo' }))).to.include({
      message: 'Error parsing boolean value from MACHINE_DEBUG: strconv.ParseBool: parsing "foo": invalid syntax',
      exit: 1,
    });
  });
});
