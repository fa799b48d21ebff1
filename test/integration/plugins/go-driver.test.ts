import { expect } from 'chai';
import { readFileSync, writeFileSync, readdirSync } from 'node:fs';

import { loadDriverModule, allDriverNames, driverPlaces } from '../../../src/machine/access/driver-registry.js';
import { openMachine } from '../../../src/machine/machine.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { LabWorld } from './lab-world.js';

const secret = 'very-secret-token';

describe('Go plugins as drivers', () => {
  let world: LabWorld;

  before(async function () {
    world = await LabWorld.open(this);
  });
  after(() => world.close());

  it('are found and described like built-in ones, and asked once', async () => {
    expect(await allDriverNames({ env: world.env })).to.include.members(['lab', 'virtualbox']);
    const { flags, features } = await loadDriverModule('lab', { env: world.env });
    expect(flags).to.deep.equal([
      { name: 'lab-url', usage: 'Where the lab is', env: 'LAB_URL', type: 'string', default: '' },
      { name: 'lab-token', usage: 'Who asks it', env: 'LAB_TOKEN', secret: true, type: 'string', default: '' },
      { name: 'lab-size', usage: 'How large', type: 'int', default: 2 },
      { name: 'lab-broken', usage: 'Fail in the pre-create check', type: 'bool' },
      { name: 'lab-tag', usage: 'Tags', type: 'strings', default: ['one'] },
    ]);
    expect(features).to.deep.equal({ provision: true, powerControl: true, ownsHost: true, hostKeyKnown: false, resumable: false });
    // the second time the kept answer is used: this one says that it has none
    const folder = `${world.store}/state/plugins`;
    const [file = ''] = readdirSync(folder);
    const kept = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as object;
    writeFileSync(`${folder}/${file}`, JSON.stringify({ ...kept, flags: [] }));
    expect((await loadDriverModule('lab', { env: world.env })).flags).to.deep.equal([]);
    for (const damaged of ['{', '[]', JSON.stringify({ ...kept, flags: [1] }), JSON.stringify({ ...kept, size: 1 })]) {
      writeFileSync(`${folder}/${file}`, damaged);
      expect((await loadDriverModule('lab', { env: world.env })).flags, damaged).to.have.length(5);
    }
  });

  it('leave a built-in driver its name', async () => {
    expect((await loadDriverModule('generic', { env: world.env })).summary).to.equal('Any Linux host that answers SSH');
    expect(await driverPlaces('generic', { env: world.env })).to.deep.equal(['tsmachine', `${world.bin}/docker-machine-driver-generic`]);
    expect(await driverPlaces('none', { env: world.env })).to.deep.equal(['tsmachine']);
  });

  it('are among the suggestions for a name that does not exist', async () => {
    const failure = await failureOf(loadDriverModule('labb', { env: world.env }));
    expect(hintOf(failure)).to.match(/^Did you mean "lab"\? Built-in drivers: .*virtualbox\. Plugins: .*full, hangs, lab/);
  });

  it('make a machine, switch it and remove it', async () => {
    const machine = await world.machine('m1', 'lab', { 'lab-tag': ['a', 'b'], 'lab-size': 7 });
    const { driver, ctx } = machine;
    await driver.precheck(machine.data, ctx);
    await driver.create(machine.data, ctx);
    expect(machine.data).to.include({ IPAddress: '192.0.2.1', MachineName: 'm1', URL: world.cloud.url, Size: 7 });
    expect(machine.data['Tags']).to.deep.equal(['a', 'b']);
    expect(await machine.look()).to.deep.equal({
      state: 'Running',
      addresses: [{ ip: '192.0.2.1', scope: 'public' }],
      dockerUrl: 'tcp://192.0.2.1:2376',
      ssh: { host: '192.0.2.1', port: 22, user: 'root', keyPath: `${world.store}/machines/m1/id_rsa` },
    });
    await driver.stop(machine.data, ctx);
    expect(await machine.look()).to.deep.equal({ state: 'Stopped', addresses: [] });
    await driver.start(machine.data, ctx);
    await driver.restart?.(machine.data, ctx);
    await driver.kill(machine.data, ctx);
    expect(world.cloud.asked.filter((call) => !call.startsWith('state'))).to.deep.equal(
      ['create', 'stop', 'start', 'restart', 'kill'].map((verb) => `${verb} m1`),
    );
    expect((await ctx.resources()).map(({ kind, id }) => [kind, id])).to.deep.equal([['machine of the plugin lab', 'm1']]);
    expect(await driver.remove(machine.data, ctx)).to.deep.equal({ left: [] });
    expect(await ctx.resources()).to.deep.equal([]);
    expect([...world.cloud.states.keys()]).to.deep.equal([]);
  });

  it('keep what nobody here knows: large numbers, and fields of another version', async () => {
    const session = world.session();
    const machine = await world.machine('m2', 'lab', {}, session);
    await machine.driver.create(machine.data, machine.ctx);
    const file = session.store.machine('m2').config;
    const text = readFileSync(file, 'utf8');
    expect(text).to.match(/"ID": 9007199254740993\b/);
    writeFileSync(file, text.replace('"Size": 2', '"Size": 2, "Newer": {"x": 12345678901234567890}'));
    const again = await openMachine(world.session(), 'm2');
    await again.driver.stop(again.data, again.ctx);
    await again.save();
    expect(readFileSync(file, 'utf8')).to.include('9007199254740993').and.include('12345678901234567890');
  });

  it('say whose secrets they keep, once, and show none', async () => {
    const [before] = [world.io.warnings.length];
    const machine = await world.machine('m3');
    await machine.driver.create(machine.data, machine.ctx);
    expect(world.io.warnings.slice(before)).to.deep.equal([
      '(m3) The plugin "lab" keeps what was given with --lab-token in the machine\'s config.json, which only you can read',
    ]);
    expect(world.io.infos).to.include('(m3) Asking the lab for m3');
    expect(world.io.debugs).to.include('(m3) with the token (hidden)');
    expect(JSON.stringify(world.io)).to.not.include(secret);
  });

  it('refuse flags and pre-create checks in their own words, without secrets', async () => {
    const flags = await failureOf(world.machine('m4', 'lab', { 'lab-url': '' }));
    expect(flags.code).to.equal('FLAG_INVALID');
    expect(flags.message).to.equal('The plugin "lab" failed in SetConfigFromFlags: lab-url must be given');
    const machine = await world.machine('m4', 'lab', { 'lab-broken': true });
    const check = await failureOf(machine.driver.precheck(machine.data, machine.ctx));
    expect(check.code).to.equal('DRIVER_PRECHECK');
    expect(check.message).to.equal('The plugin "lab" failed in PreCreateCheck: the lab is broken, says (hidden)');
  });

  it('are not asked to create again what did not end well', async () => {
    const machine = await world.machine('m5', 'full');
    const failure = await failureOf(machine.driver.create(machine.data, machine.ctx));
    expect(failure.message).to.equal('The plugin "full" failed in Create: quota exceeded for (hidden)');
    expect(machine.data['ID']).to.not.equal(0); // what it had made by then is known
    const again = await failureOf(machine.driver.create(machine.data, machine.ctx));
    expect(again.message).to.equal('The plugin "full" cannot continue the creation of m5, which did not end well');
    expect(hintOf(again)).to.match(/tsmachine rm -y m5$/);
  });
});
