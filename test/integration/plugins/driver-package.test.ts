import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { expect } from 'chai';

import { allDriverNames, driverPlaces, loadDriverModule } from '../../../src/machine/access/driver-registry.js';
import { valueChoice } from '../../../src/cli/completion/values.js';
import type { FlagInput } from '../../../src/cli/line/flags.js';
import { accountFlags } from '../../../src/cli/options/account-flags.js';
import Create from '../../../src/commands/create.js';
import { driverReport } from '../../../src/machine/drivers/info.js';
import { createMachine } from '../../../src/machine/create.js';
import { createRequest } from '../../../src/machine/request/create-request.js';
import { openSession } from '../../../src/session.js';
import { declareSwarm } from '../../../src/swarm/up/declare-swarm.js';
import { succeed, tsmachine } from '../../helpers/cli.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';
import { helloCode, writePackage, type Different } from './hello-package.js';

describe('driver packages', () => {
  const search = (folder: string) => ({ env: {}, storePath: scratch(), driverPath: folder });
  const load = (folder: string) => loadDriverModule('hello', search(folder));
  const failure = (different: Different) => {
    const folder = scratch();
    writePackage(folder, different);
    return failureOf(load(folder));
  };

  it('are found on the driver path, in a folder of packages or alone, and use what tsmachine exports', async () => {
    const folder = scratch();
    const dir = writePackage(folder);
    for (const path of [folder, dir, ['/nowhere', folder].join(delimiter)]) {
      expect(await allDriverNames(search(path)), path).to.include.members(['hello', 'none']);
      const { name, summary, flags } = await load(path);
      expect({ name, summary, flags: flags.map((flag) => flag.name) }).to.deep.equal({
        name: 'hello',
        summary: 'Says hello',
        flags: ['hello-url', 'hello-token'],
      });
    }
    expect((await loadDriverModule('hello', { env: { TSMACHINE_DRIVER_PATH: folder }, storePath: scratch() })).name).to.equal('hello');
    const module = await load(folder);
    const driver = await module.open({ env: {}, signal: new AbortController().signal });
    const input = { machineName: 'm1', storePath: '/s', machineDir: '/s/m1', flags: { 'hello-url': 'tcp://192.0.2.1:2376' } };
    expect(await driver.parse(input)).to.include({ MachineName: 'm1', Url: 'tcp://192.0.2.1:2376' });
  });

  it('may have a scope; of two with one name the one without is used, and a built-in driver before both', async () => {
    const folder = scratch();
    const scoped = writePackage(folder, { name: '@ann/tsmachine-driver-hello' });
    expect((await load(folder)).summary).to.equal('Says hello');
    const plain = writePackage(folder, { code: helloCode.replace('Says hello', 'Plain') });
    expect((await load(folder)).summary).to.equal('Plain');
    expect(await driverPlaces('hello', search(folder))).to.deep.equal([plain, scoped]);
    const none = writePackage(folder, { name: 'tsmachine-driver-none', json: { tsmachine: { driver: 'none', contract: 2 } } });
    expect((await loadDriverModule('none', search(folder))).summary).not.to.equal('Says hello');
    expect(await driverPlaces('none', search(folder))).to.deep.equal(['tsmachine', none]);
  });

  it('are said not to be used once, for however many machines are made', async () => {
    const folder = scratch();
    const none = writePackage(folder, { name: 'tsmachine-driver-none', json: { tsmachine: { driver: 'none', contract: 2 } } });
    const io = new RecordingIo();
    const session = openSession({ storePath: scratch(), driverPath: folder, io, env: {} });
    for (const name of ['m1', 'm2'])
      await createMachine(session, await createRequest(session, { name, driver: 'none', flags: { url: 'tcp://192.0.2.1:2376' } }));
    const said = `The driver "none" is built in: the plugin ${none} is not used`;
    expect(io.infos.filter((text) => text.includes('not used'))).to.deep.equal([said]);
  });

  it('are refused by their package.json before any of their code runs', async () => {
    const code = 'globalThis.helloRan = true;';
    const cases = [
      [{}, /does not say "tsmachine": \{ "driver": "hello", "contract": 2 \}/],
      [{ driver: 'other', contract: 2 }, /names driver "other", but its own name stands for "hello"/],
      [{ driver: 'hello', contract: 1 }, /is for version 1 of the driver contract; this tsmachine has version 2/],
      [{ driver: 'hello' }, /is for no version of the driver contract/],
    ] as const;
    for (const [tsmachine, message] of cases) {
      const error = await failure({ json: { tsmachine }, code });
      expect(error.code).to.equal('DRIVER_PACKAGE');
      expect(error.message).to.match(message);
    }
    expect(hintOf(await failure({ json: { tsmachine: { driver: 'hello', contract: 3 } }, code }))).to.match(/^Use a newer tsmachine/);
    expect((await failure({ json: { exports: './no.js' }, code })).message).to.match(/names ".\/no.js", which is not there/);
    expect((await failure({ json: { exports: '../../no.js' }, code })).message).to.match(/lies outside of it/);
    expect((await failure({ json: { exports: { './x': './index.js' } }, code })).message).to.match(/"exports" without "."/);
    expect(globalThis).not.to.have.property('helloRan');
  });

  it('are refused when their code fails, exports no driver, or one that does not keep to the contract', async () => {
    const cases = [
      ['throw new Error("no luck");', /its code fails: no luck/],
      ['export default 1;', /no default export/],
      ['export const driver = {};', /no default export/],
      [helloCode.replace("name: 'hello', contract: 2", "name: 'hello', contract: 1"), /is for version 1 of the driver contract/],
      [helloCode.replace("name: 'hello', contract", "name: 'hullo', contract"), /its driver calls itself "hullo", not "hello"/],
      [helloCode.replace('describe:', 'described:'), /its default export has no function describe/],
      [helloCode.replace("'hello-url', type", "'engine-url', type"), /its flag --engine-url does not begin with --hello-/],
      [helloCode.replace("type: 'string'", "type: 'number'"), /its flag --hello-url has no type/],
      [helloCode.replace('powerControl: false, ', ''), /its feature powerControl is neither true nor false/],
      [helloCode.replace("'hello-token'", "'hello-url'"), /it has two flags --hello-url/],
    ] as const;
    for (const [code, message] of cases) expect((await failure({ code })).message).to.match(message);
    const folder = scratch();
    writePackage(folder, { code: helloCode.replace('precheck: nothing, ', '') });
    const module = await load(folder);
    const error = await failureOf(module.open({ env: {}, signal: new AbortController().signal }));
    expect(error.message).to.match(/its driver has no function precheck/);
  });

  it('in the store are used only if they were added', async () => {
    const storePath = scratch();
    writePackage(join(storePath, 'plugins'));
    const error = await failureOf(loadDriverModule('hello', { env: {}, storePath }));
    expect(error.message).to.match(/nobody added it, but it lies in/);
    expect(hintOf(error)).to.match(/tsmachine driver add tsmachine-driver-hello@1.2.3/);
  });

  it('are among the suggestions for a name that does not exist', async () => {
    const folder = scratch();
    writePackage(folder);
    const error = await failureOf(loadDriverModule('helo', search(folder)));
    expect(hintOf(error)).to.match(/^Did you mean "hello"\?.* Plugins: hello$/);
  });

  it('are known to secret flags of every command, to swarm files, to the help and to shells', async () => {
    const folder = scratch();
    writePackage(folder);
    const from = search(folder);
    expect((await accountFlags(['ls', '--hello-token', 'x'], from)).map(({ name }) => name)).to.deep.equal(['hello-token']);
    const file = join(folder, 'swarm.yaml');
    writeFileSync(file, 'name: lab\ngroups: {m: {role: manager, count: 1, driver: hello, flags: {hello-url: "tcp://192.0.2.1:2376"}}}\n');
    const { declaration } = await declareSwarm(from, { file });
    expect(declaration.members.map(({ driver, flags }) => ({ driver, flags }))).to.deep.equal([
      { driver: 'hello', flags: { 'hello-url': 'tcp://192.0.2.1:2376' } },
    ]);
    expect(await Create.helpFlags(['-d', 'hello', '--driver-path', folder], {})).to.include.keys('hello-url', 'hello-token');
    const { candidates } = await valueChoice('driver', {} as FlagInput[string], '', from);
    expect(candidates.map(({ word }) => word)).to.include.members(['hello', 'none']);
  });

  it('are loaded by the built program, which is one file, and answered by what it exports', async () => {
    const folder = scratch();
    writePackage(folder);
    const { stdout } = await succeed(['driver', 'info', 'hello', '--json'], { store: scratch(), env: { TSMACHINE_DRIVER_PATH: folder } });
    expect(JSON.parse(stdout)).to.deep.include({ driver: 'hello', kind: 'npm package', version: '1.2.3', contract: 2, used: true });
    const broken = scratch();
    writePackage(broken, { code: helloCode.replace('precheck: nothing, ', '') });
    const { code, stdout: said } = await tsmachine(['driver', 'info', 'hello'], {
      store: scratch(),
      env: { TSMACHINE_DRIVER_PATH: broken },
    });
    expect([code, /Problem .*its driver has no function precheck/.test(said)]).to.deep.equal([1, true]);
  });

  it('are tested in the world that they bring along, and told which rules they break', async () => {
    const folder = scratch();
    const tsmachineOf = (conformance?: string) => ({ json: { tsmachine: { driver: 'hello', contract: 2, conformance } } });
    const dir = writePackage(folder, tsmachineOf('./world.js'));
    // a world in which nothing is ever made
    writeFileSync(
      join(dir, 'world.js'),
      `export default { makeWorld: () => ({ dir: ${JSON.stringify(scratch())}, files: {}, flags: { 'hello-url': 'tcp://192.0.2.1:1' },
        secrets: { 'hello-token': 'correct-horse' }, inventory: () => [], machines: () => 0 }) };`,
    );
    const session = openSession(search(folder));
    const { rules = [] } = await driverReport(session, 'hello', { test: true });
    expect(rules.length).to.be.greaterThan(15);
    const broken = rules.filter((one) => one.broken !== undefined).map(({ rule }) => rule);
    expect(broken).to.include('check refuses hostile data and names the field');
    expect(rules.length - broken.length, 'rules that hold').to.be.greaterThan(2);
    writePackage(folder, tsmachineOf());
    expect((await failureOf(driverReport(session, 'hello', { test: true }))).message).to.match(/brings no world to be tested in/);
  });
});
