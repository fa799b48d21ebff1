import { expect } from 'chai';
import { readFileSync } from 'node:fs';

import { describePlugin } from '../../../src/plugins/go/description.js';
import { GoPluginDriver } from '../../../src/plugins/go/driver.js';
import { failureOf, hintOf, reasonOf } from '../../helpers/failure.js';
import { LabWorld } from './lab-world.js';
import { processesOf } from './processes-of.js';

describe('Go plugins that fail', () => {
  let world: LabWorld;

  before(async function () {
    world = await LabWorld.open(this);
  });
  after(() => world.close());
  afterEach('leave no process', async () => {
    await world.closeDrivers();
    expect(processesOf(world.bin)).to.deep.equal([]);
  });

  const created = async (driver: string, name: string) => {
    const machine = await world.machine(name, driver);
    return { machine, failure: await failureOf(machine.driver.create(machine.data, machine.ctx)) };
  };

  it('that die in the middle of Create say why, and the entry stays', async () => {
    const { machine, failure } = await created('dies', 'f1');
    expect(failure.code).to.equal('DRIVER_FAILED');
    expect(failure.message).to.match(
      /^The plugin "dies" \(.*\) ended during Create \(exit status 2\)\. The last it said:\npanic: no cloud today/,
    );
    expect((await machine.ctx.resources()).map(({ key, id }) => [key, id])).to.deep.equal([['machine', undefined]]);
    const again = await failureOf(machine.driver.create(machine.data, machine.ctx));
    expect(hintOf(again)).to.match(/rm -y f1$/);
  });

  it('that panic where their library catches it', async () => {
    const { failure, machine } = await created('panics', 'f2');
    expect(failure.message).to.match(/^The plugin "panics" failed in Create: Panic in the driver: no cloud today\n/);
    expect(machine.data['ID']).to.not.equal(0);
  });

  it('that crash with a segmentation fault', async () => {
    const { failure } = await created('segfaults', 'f3');
    expect(failure.message).to.match(/^The plugin "segfaults" \(.*\) ended during Create \((exit status 2|SIGSEGV)\)/);
  });

  it('that hang in Create are ended in time, and what they had made is kept', async () => {
    const machine = world.impatient(await world.machine('f4', 'hangs'), { create: 500 });
    const failure = await failureOf(machine.driver.create(machine.data, machine.ctx));
    expect(failure.message).to.match(/^The plugin "hangs" does not answer: RPCServerDriver.Create has not answered within 0.5 s/);
    expect(readFileSync(`${world.store}/machines/f4/config.json`, 'utf8')).to.include('"ID": 9007199254740993');
  });

  it('that hang when asked for the state', async () => {
    const machine = world.impatient(await world.machine('f5', 'sleeps'), { ask: 300 });
    expect((await failureOf(machine.look())).message).to.match(
      /^The plugin "sleeps" does not answer: .*GetState has not answered within 0.3 s/,
    );
  });

  it('that tell a state which does not exist', async () => {
    const machine = await world.machine('f6', 'strange');
    expect((await failureOf(machine.look())).message).to.equal('The plugin "strange" tells the state 42, which does not exist');
  });

  it('are ended at once by an interruption, after they were asked what they have made', async () => {
    const other = await LabWorld.open();
    const machine = await other.machine('f7', 'hangs');
    const create = reasonOf(machine.driver.create(machine.data, machine.ctx));
    await other.said(/Asking the lab/);
    const start = performance.now();
    other.abort.abort(new Error('interrupted'));
    expect(String(await create)).to.equal('Error: interrupted');
    expect(performance.now() - start).to.be.lessThan(2000);
    expect(readFileSync(`${other.store}/machines/f7/config.json`, 'utf8')).to.include('"ID": 9007199254740993');
    expect(processesOf(other.bin)).to.deep.equal([]);
    await other.close();
  });

  it('that answer with types nobody knows, or take others than they should', async () => {
    const program = { driver: 'shapes', path: `${world.bin}/docker-machine-driver-shapes`, args: [] };
    const env = { env: world.env, signal: world.abort.signal };
    const described = await failureOf(describePlugin(program, env));
    expect(described.message).to.match(
      /^The plugin "shapes" gives an answer to GetCreateFlags that cannot be used: it describes flag 2 as a \*rpcdriver.RPCFlags/,
    );
    const driver = new GoPluginDriver(program, env);
    const machine = world.as(await world.machine('f8'), 'shapes', driver);
    const shape = await failureOf(machine.look());
    expect(shape.message).to.match(
      /^The plugin "shapes" gave an answer to GetState that is none: gob stream, byte \d+: the value should be an integer below 2\^53 and is a list/,
    );
    const config = await failureOf(driver.stop(machine.data, machine.ctx));
    expect(config.message).to.match(
      /^The plugin "shapes" gave an answer to GetConfigRaw that is none: gob stream, byte \d+: the value should be bytes/,
    );
    const input = { machineName: 'f9', storePath: world.store, machineDir: `${world.store}/machines/f9`, flags: { x: 'y' } };
    expect((await failureOf(driver.parse(input))).message).to.match(
      /^The plugin "shapes" failed in SetConfigFromFlags: gob: decoding into local type/,
    );

    await world.closeDrivers();
  });
});
