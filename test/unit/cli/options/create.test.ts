import { expect } from 'chai';

import { createFlags, driverNameOf, readConcurrency } from '../../../../src/cli/options/create-flags.js';
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

describe('cli: how many machines are made at once', () => {
  it('is 4 unless given, and 100 at the most', async () => {
    expect(readConcurrency(flagValues(createFlags, {}, {}))).to.equal(4);
    for (const concurrency of [0, 101]) expect((await failureOf(() => readConcurrency({ concurrency }))).code).to.equal('FLAG_INVALID');
  });
});

describe('cli: names', () => {
  it('take one, or none', async () => {
    expect([optionalArgument([]), optionalArgument(['a'])]).to.deep.equal([undefined, 'a']);
    expect((await failureOf(() => optionalArgument(['a', 'b']))).message).to.equal('Error: Expected one machine name as an argument');
  });
  it('are removed once each', async () => {
    expect(atLeastOneName(['a', 'b', 'a'])).to.deep.equal(['a', 'b']);
    expect((await failureOf(() => atLeastOneName([]))).code).to.equal('ARGUMENT_COUNT');
  });
  const wrong: [string[], string][] = [
    [[], 'ARGUMENT_COUNT'],
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
