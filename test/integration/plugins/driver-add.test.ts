import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { loadDriverModule } from '../../../src/machine/access/driver-registry.js';
import { addDriver, type AddOptions, type OfferedPackage } from '../../../src/machine/drivers/add.js';
import { driverReport } from '../../../src/machine/drivers/info.js';
import { listDrivers } from '../../../src/machine/drivers/list.js';
import { removeDriver } from '../../../src/machine/drivers/remove.js';
import { createMachine } from '../../../src/machine/create.js';
import { createRequest } from '../../../src/machine/request/create-request.js';
import { removeMachine } from '../../../src/machine/remove.js';
import { openSession, type Session } from '../../../src/session.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import '../../helpers/state-dir.js';
import { helloCode, packageJsonOf } from './hello-package.js';
import { digestOf, NpmRegistry, tarball, type Entry } from './npm-registry.js';

describe('driver add', () => {
  let registry: NpmRegistry;
  let session: Session;
  const name = 'tsmachine-driver-hello';
  const offered: OfferedPackage[] = [];
  const add = (spec: string, options: Partial<AddOptions> = {}) =>
    addDriver(session, spec, {
      agree: (one) => {
        offered.push(one);
        return Promise.resolve(true);
      },
      ...options,
    });
  const hello = (json: object = {}, more: readonly Entry[] = [], code = helloCode) =>
    tarball([
      { name: 'package/package.json', text: JSON.stringify(packageJsonOf(name, json)) },
      { name: 'package/index.js', text: code },
      ...more,
    ]);
  const plugins = () => join(session.storePath, 'plugins');
  /** What is in the store's folder of packages, hidden things too. */
  const held = () => (existsSync(plugins()) ? readdirSync(plugins()).sort() : []);

  before(async () => {
    registry = await NpmRegistry.start();
  });
  after(() => {
    registry.close();
  });
  beforeEach(() => {
    offered.length = 0;
    registry.clear();
    const home = scratch();
    const env = { HOME: home, USERPROFILE: home, NPM_CONFIG_REGISTRY: registry.address, XDG_STATE_HOME: join(home, 'state') };
    session = openSession({ storePath: scratch(), env });
  });

  it('fetches a package from the registry that npm is set to, asks, pins its digest, and makes machines with it', async () => {
    const bytes = await hello({}, [
      { name: 'package/lib/', type: 'directory' },
      { name: 'package/lib/a.js', text: '' },
    ]);
    registry.publish(name, '1.2.3', bytes);
    const added = await add('hello');
    const expected = { package: name, driver: 'hello', version: '1.2.3', integrity: digestOf(bytes), before: undefined };
    expect(added).to.deep.include(expected);
    expect(offered).to.deep.equal([added]);
    expect(held()).to.deep.equal(['packages.json', name]);
    expect(existsSync(join(plugins(), name, 'lib', 'a.js'))).to.equal(true);
    const request = await createRequest(session, { name: 'h1', driver: 'hello', flags: { 'hello-url': 'tcp://192.0.2.7:2376' } });
    await createMachine(session, request);
    expect((await session.store.load('h1')).config.Driver).to.include({ Url: 'tcp://192.0.2.7:2376' });
    const refused = await failureOf(removeDriver(session, 'hello'));
    expect(refused.message).to.equal(`The driver "hello" is needed by h1 (${session.store.root})`);
    expect(hintOf(refused)).to.contain('tsmachine rm h1');
    await removeMachine(session, 'h1', { force: false });
    expect(await removeDriver(session, 'hello')).to.deep.equal([name]);
    expect(held()).to.deep.equal(['packages.json']);
    expect((await failureOf(loadDriverModule('hello', session))).code).to.equal('DRIVER_UNKNOWN');
  });

  it('takes a version, a scope, a file and an address, and a newer version in place of an older one', async () => {
    const old = await hello();
    const scoped = await tarball([
      { name: 'package/package.json', text: JSON.stringify(packageJsonOf('@ann/tsmachine-driver-hello')) },
      { name: 'package/index.js', text: helloCode },
    ]);
    registry.publish(name, '1.2.3', old);
    registry.publish(name, '1.2.4', await hello({ version: '1.2.4' }));
    registry.publish('@ann/tsmachine-driver-hello', '1.2.3', scoped);
    expect((await add(`${name}@1.2.3`))?.version).to.equal('1.2.3');
    expect(await add('hello')).to.include({ version: '1.2.4', before: '1.2.3' });
    expect((await add('@ann/hello'))?.package).to.equal('@ann/tsmachine-driver-hello');
    const file = join(scratch(), 'hello.tgz');
    writeFileSync(file, old);
    expect(await add(file, { integrity: digestOf(old) })).to.include({ version: '1.2.3', from: file, before: '1.2.4' });
    expect(await add(`${registry.address}files/${name}@1.2.3.tgz`)).to.include({ integrity: digestOf(old) });
    expect(offered.length, 'the same content is not asked about twice').to.equal(4);
    const rows = (await listDrivers(session)).filter(({ driver }) => driver === 'hello');
    expect(rows.map(({ package: one, version, used }) => [one, version, used])).to.deep.equal([
      [name, '1.2.3', true],
      ['@ann/tsmachine-driver-hello', '1.2.3', false],
    ]);
    expect(await driverReport(session, 'hello')).to.deep.include({ driver: 'hello', summary: 'Says hello', contract: 2, version: '1.2.3' });
    expect(await removeDriver(session, 'hello')).to.have.members([name, '@ann/tsmachine-driver-hello']);
  });

  it('leaves nothing of a package that was not agreed to, or whose driver does not keep to the contract', async () => {
    registry.publish(name, '1.0.0', await hello({ version: '1.0.0' }, [], 'globalThis.helloWasRun = true;'));
    expect(await add('hello', { agree: () => Promise.resolve(false) })).to.equal(undefined);
    expect(globalThis).not.to.have.property('helloWasRun');
    registry.publish(name, '1.0.1', await hello({ version: '1.0.1' }, [], helloCode.replace('precheck: nothing, ', '')));
    const error = await failureOf(add('hello'));
    expect(error.message).to.match(/its driver has no function precheck/);
    expect(error.message).to.contain(registry.address);
    expect(held()).to.deep.equal([]);
  });

  it('refuses what was changed: by the registry, on the way, or since it was added', async () => {
    const bytes = await hello();
    registry.publish(name, '1.2.3', bytes, digestOf(await hello({ version: '9.9.9' })));
    expect((await failureOf(add('hello'))).message).to.match(/has the wrong checksum/);
    registry.publish(name, '1.2.3', bytes, null);
    expect((await failureOf(add('hello'))).message).to.match(/names no SHA-512/);
    registry.publish(name, '1.2.3', bytes);
    const wrong = await failureOf(add('hello', { integrity: digestOf(Buffer.from('other')) }));
    expect(wrong.message).to.match(/has the digest sha512-\S+, not sha512-/);
    await add('hello');
    registry.publish(name, '1.2.3', await hello({ description: 'changed' }));
    expect((await failureOf(add('hello'))).message).to.match(/was added before with other content/);
  });

  it('refuses a package that leads out of its folder, holds links, is damaged, or needs others', async () => {
    const bad = async (entries: readonly Entry[]) => {
      const file = join(scratch(), 'bad.tgz');
      writeFileSync(file, await hello({}, entries));
      return (await failureOf(add(file))).message;
    };
    for (const path of ['package/../../x.js', '/etc/x.js', 'package/a//b.js', 'package/c:x', 'package/a\\b', 'x.js']) {
      expect(await bad([{ name: path, text: 'x' }]), path).to.match(/leads out of it or is no name on every system/);
    }
    expect(await bad([{ name: 'package/x', type: 'symlink', linkname: '/etc' }])).to.match(/no plain file \(symlink\)/);
    expect(await bad([{ name: 'package/x', type: 'link', linkname: 'package/index.js' }])).to.match(/no plain file \(link\)/);
    expect(await bad([{ name: 'package/INDEX.js', text: 'x' }])).to.match(/holds "package\/INDEX.js" twice/);
    const file = join(scratch(), 'cut.tgz');
    writeFileSync(file, (await hello()).subarray(0, 300));
    expect((await failureOf(add(file))).message).to.match(/it is damaged/);
    writeFileSync(file, await hello({ dependencies: { a: '1', b: '1' }, bundleDependencies: ['a'], peerDependencies: { tsmachine: '*' } }));
    expect((await failureOf(add(file))).message).to.match(/needs b, which it does not bring along/);
    writeFileSync(file, await hello({ name: 'tsmachine-driver-none', tsmachine: { driver: 'none', contract: 2 } }));
    expect((await failureOf(add(file))).message).to.match(/would never be used: the driver "none" is built in/);
    writeFileSync(file, await hello({ tsmachine: { driver: 'hello', contract: 3 } }));
    expect((await failureOf(add(file))).message).to.match(/is for version 3 of the driver contract/);
    expect(held()).to.deep.equal([]);
    expect(offered).to.deep.equal([]);
  });

  it('says what there is not', async () => {
    registry.publish(name, '1.2.3', await hello());
    expect((await failureOf(add('nothing'))).message).to.match(/Cannot look up the package tsmachine-driver-nothing: .*HTTP 404/);
    expect(hintOf(await failureOf(add('hello@7.0.0')))).to.contain('1.2.3');
    expect((await failureOf(add('HELLO!'))).code).to.equal('USAGE');
    expect((await failureOf(add('/nowhere/x.tgz'))).message).to.match(/there is no such file/);
    expect((await failureOf(removeDriver(session, 'none'))).message).to.match(/is built in/);
    expect((await failureOf(removeDriver(session, 'hello'))).message).to.match(/This store has no driver package "hello"/);
  });

  it('keeps a driver that a machine of another store needs', async () => {
    registry.publish(name, '1.2.3', await hello());
    await add('hello');
    const other = openSession({ storePath: scratch(), env: session.env, driverPath: plugins() });
    const request = await createRequest(other, { name: 'h2', driver: 'hello', flags: { 'hello-url': 'tcp://192.0.2.7:2376' } });
    await createMachine(other, request);
    await other.registry.update({ id: '0f7e3a2c-8f0e-4c1e-9d55-6d2a1c1f7a10', path: other.store.root }, () => ({
      h2: { id: '2b0c7f0e-1d3e-4f5a-8b6c-7d8e9f0a1b2c', driver: 'hello', path: other.store.machine('h2').dir, resources: [] },
    }));
    expect((await failureOf(removeDriver(session, 'hello'))).message).to.contain(`h2 (${other.store.root})`);
  });
});
