import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { newHostConfig } from '../../../src/store/config/schema.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { makeProcessFolder } from '../../../src/system/files/process-folder.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const fixture = fileURLToPath(new URL('../../fixtures/docker-machine-store', import.meta.url));
const mode = (path: string) => statSync(path).mode & 0o777;
const config = (store: Store, name: string) =>
  newHostConfig({
    name,
    root: store.root,
    driverName: 'none',
    driver: { URL: 'tcp://x:1' },
    engine: {},
    serverCertSans: [],
  });

describe('the store', () => {
  let root: string;
  let store: Store;
  beforeEach(() => {
    root = join(scratch(), 'docker', 'machine');
    store = openStore(root);
  });

  async function make(name: string): Promise<void> {
    await store.reserve(name);
    await store.save({ name, config: config(store, name) });
  }

  it('is opened without touching the disk', async () => {
    expect(await store.names()).to.deep.equal([]);
    expect(await store.exists('m1')).to.equal(false);
    expect(existsSync(root)).to.equal(false);
    expect(openStore('relative').root).to.equal(join(process.cwd(), 'relative'));
  });

  it('saves and loads a machine, with private modes under umask 000', async () => {
    const umask = process.umask(0);
    try {
      await make('m1');
      await store.writeFacts('m1', { osId: 'debian' });
      await store.lock('m1', () => Promise.resolve());
    } finally {
      process.umask(umask);
    }
    expect((await store.load('m1')).config).to.deep.equal(config(store, 'm1'));
    for (const folder of [
      root,
      join(root, '..'),
      store.paths.certsDir,
      store.paths.machinesDir,
      store.machine('m1').dir,
      store.paths.locksDir,
    ])
      expect(mode(folder), folder).to.equal(0o700);
    for (const file of [store.machine('m1').config, store.machine('m1').facts]) expect(mode(file), file).to.equal(0o600);
    expect(readdirSync(store.machine('m1').dir)).to.deep.equal(['config.json', 'facts.json']);
  });

  it('keeps what Docker Machine would drop in a file beside config.json', async () => {
    await store.reserve('m1');
    const document = config(store, 'm1');
    const whole = { ...document, Driver: { ...document.Driver, Own: { zones: ['a', 'b'] } } };
    await store.save({ name: 'm1', config: whole });
    expect(readFileSync(store.machine('m1').config, 'utf8')).not.to.include('zones');
    expect((await store.load('m1')).config).to.deep.equal(whole);
    await store.save({ name: 'm1', config: document }); // by somebody who knows nothing of it
    expect((await store.load('m1')).config).to.deep.equal(whole);
    writeFileSync(store.machine('m1').driver, '["zones"]');
    const error: unknown = await store.load('m1').catch((reason: unknown) => reason);
    expect(error).to.have.property('message').that.includes(store.machine('m1').driver);
  });

  it('lists folders in byte-wise order, links too, and nothing else', async () => {
    for (const name of ['b', 'a10', 'a9', 'B', '.hidden']) mkdirSync(join(root, 'machines', name), { recursive: true });
    writeFileSync(join(root, 'machines', 'file'), '');
    symlinkSync('b', join(root, 'machines', 'link'));
    symlinkSync('nowhere', join(root, 'machines', 'dangling'));
    expect(await store.names()).to.deep.equal(['B', 'a10', 'a9', 'b', 'link']);
  });

  it('finds a name that differs in case alone', async () => {
    await make('Web-1');
    expect(await store.sameNameOtherCase('web-1')).to.equal('Web-1');
    expect(await store.sameNameOtherCase('Web-1')).to.equal(undefined);
    expect(await store.sameNameOtherCase('web-2')).to.equal(undefined);
  });

  it('knows a machine from its folder alone, and says when it is not there or half made', async () => {
    const missing = await failureOf(store.load('foo'));
    expect(missing.code).to.equal('MACHINE_NOT_FOUND');
    expect(missing.message).to.equal(
      'Docker machine "foo" does not exist. Use "tsmachine ls" to list machines. Use "tsmachine create" to add a new one.',
    );
    await store.reserve('foo');
    expect(await store.exists('foo')).to.equal(true);
    const half = await failureOf(store.load('foo'));
    expect(half.code).to.equal('MACHINE_INCOMPLETE');
    expect(half.message).to.contain('"foo"').and.to.contain('config.json');
    expect(hintOf(half)).to.contain('tsmachine rm -f foo').and.to.contain('create');
  });

  it('names the file that cannot be read, and a copy where there is one', async () => {
    await make('m1');
    writeFileSync(store.machine('m1').config, '{"ConfigVersion": 3, "Dri');
    const error = await failureOf(store.load('m1'));
    expect(error.code).to.equal('CONFIG_UNREADABLE');
    expect(error.message).to.equal(`Cannot read ${store.machine('m1').config}: the file is truncated`);
    expect(hintOf(error)).to.contain('tsmachine rm -f m1').and.not.to.contain('.bak');
    writeFileSync(store.machine('m1').configBackup, '{}');
    expect(hintOf(await failureOf(store.load('m1')))).to.contain(store.machine('m1').configBackup);
    await store.reserve('m2');
    mkdirSync(store.machine('m2').config);
    expect((await failureOf(store.load('m2'))).message).to.contain('it is a folder');
  });

  it("opens Docker Machine's store in another place, and does not write to it", async () => {
    cpSync(fixture, root, { recursive: true });
    const before = readFileSync(store.machine('vb1').config);
    expect(await store.names()).to.deep.equal(['g-ubuntu22', 'one', 'vb1']);
    for (const name of await store.names()) {
      const { Driver, HostOptions } = (await store.load(name)).config;
      expect(Driver['StorePath']).to.equal(root);
      expect(HostOptions.AuthOptions).to.include({
        CaCertPath: store.paths.ca,
        ServerCertPath: store.machine(name).serverCert,
        StorePath: store.machine(name).dir,
      });
    }
    expect(readFileSync(store.machine('vb1').config).equals(before)).to.equal(true);
    expect(readdirSync(store.machine('vb1').dir)).to.deep.equal(['config.json']);
    const machine = await store.load('vb1');
    await store.save(machine);
    expect((await store.load('vb1')).config).to.deep.equal(machine.config);
  });

  it('migrates an old config.json once, and keeps its bytes', async () => {
    await store.reserve('old');
    const text = '{ "DriverName": "none", "Driver": {"URL": "tcp://x:1"}, "StorePath": "/gone/machines/old" }';
    const { config: file, configBackup } = store.machine('old');
    writeFileSync(file, text);
    const { config: migrated } = await store.load('old');
    expect(readFileSync(configBackup, 'utf8')).to.equal(text);
    expect([mode(configBackup), mode(file)]).to.deep.equal([0o600, 0o600]);
    const { ino } = statSync(file);
    expect((await store.load('old')).config).to.deep.equal(migrated);
    expect(statSync(file).ino).to.equal(ino);
  });

  it("saves under the machine's name, whatever the document says", async () => {
    await make('m1');
    await store.save({ name: 'm1', config: { ...config(store, 'm1'), Name: 'other' } });
    expect(JSON.parse(readFileSync(store.machine('m1').config, 'utf8'))).to.include({ Name: 'm1' });
  });

  it('does not bring back a machine that was removed', async () => {
    await make('m1');
    const machine = await store.load('m1');
    await store.remove('m1');
    expect(await failureOf(store.save(machine))).to.include({ code: 'STORE_UNWRITABLE' });
    expect(await store.exists('m1')).to.equal(false);
  });

  it('removes a machine with all in its folder, half made ones, and ones already gone', async () => {
    await make('m1');
    mkdirSync(join(store.machine('m1').dir, 'disks', 'deep'), { recursive: true });
    writeFileSync(join(store.machine('m1').dir, 'disks', 'deep', 'x'), '');
    chmodSync(join(store.machine('m1').dir, 'disks', 'deep', 'x'), 0o400);
    await store.reserve('m2');
    for (const name of ['m1', 'm2', 'm3']) await store.remove(name);
    expect(await store.names()).to.deep.equal([]);
  });

  it('removes what a killed import left behind when the machines are listed', async () => {
    await store.reserve('m1');
    const left = await makeProcessFolder(join(store.paths.machinesDir, '.new-'));
    const abandoned = left.replace(`-${process.pid}-`, `-${spawnSync('true').pid}-`);
    mkdirSync(join(abandoned, 'machines'), { recursive: true });
    expect(await store.names()).to.deep.equal(['m1']);
    expect([existsSync(abandoned), existsSync(left)]).to.deep.equal([false, true]);
  });

  it('removes a link, not what it leads to', async () => {
    const elsewhere = scratch();
    writeFileSync(join(elsewhere, 'precious'), '');
    mkdirSync(store.paths.machinesDir, { recursive: true });
    symlinkSync(elsewhere, store.machine('link').dir);
    await store.remove('link');
    expect(existsSync(join(elsewhere, 'precious'))).to.equal(true);
    expect(await store.names()).to.deep.equal([]);
  });

  it('refuses names that lead out of its folder', async () => {
    await make('m1');
    for (const name of ['', '.', '..', 'a/b', '../machines', '/etc', 'a\\b', 'a\0b']) {
      for (const work of [
        () => store.remove(name),
        () => store.load(name),
        () => store.reserve(name),
        () => store.exists(name),
        () => store.lock(name, () => Promise.resolve()),
      ]) {
        expect(await failureOf(work), JSON.stringify(name)).to.include({ code: 'NAME_INVALID' });
      }
    }
    expect(await store.names()).to.deep.equal(['m1']);
  });

  it('says when its path is a file', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    const blocked = openStore(file);
    for (const work of [() => blocked.names(), () => blocked.load('m1'), () => blocked.exists('m1')]) {
      const error = await failureOf(work);
      expect(error.code).to.equal('CONFIG_UNREADABLE');
      expect(error.message).to.contain(file).and.to.contain('is a file, not a folder');
      expect(hintOf(error)).to.contain('--storage-path');
    }
    expect(await failureOf(blocked.reserve('m1'))).to.include({ code: 'STORE_UNWRITABLE' });
  });

  it('locks one machine under all spellings, and each apart', async () => {
    const order: string[] = [];
    let finish = () => {};
    const first = store.lock('Web', async () => {
      await new Promise<void>((done) => {
        finish = done;
      });
      order.push('Web');
    });
    const second = store.lock('web', () => Promise.resolve(order.push('web')), { onWait: () => order.push('waiting') });
    await store.lock('other', () => Promise.resolve(order.push('other')));
    await store.lockCertificates(() => Promise.resolve(order.push('certificates')));
    await store.lock('certificates', () => store.lockCertificates(() => Promise.resolve(order.push('both'))));
    finish();
    await Promise.all([first, second]);
    expect(order).to.deep.equal(['waiting', 'other', 'certificates', 'both', 'Web', 'web']);
    expect(readdirSync(store.paths.locksDir)).to.deep.equal([]);
  });

  it('names the machine that is in use', async () => {
    await store.lock('m1', async () => {
      const error = await failureOf(store.lock('m1', () => Promise.resolve(), { timeout: 20 }));
      expect(error.code).to.equal('STORE_LOCKED');
      expect(error.message).to.contain('machine "m1"');
    });
  });

  it('keeps facts, unknown ones too', async () => {
    await store.reserve('m1');
    expect(await store.readFacts('m1')).to.deep.equal({});
    writeFileSync(store.machine('m1').facts, '{"createdAt":"2026-11-21T00:00:00Z","newer":{"x":1}}');
    await store.writeFacts('m1', { ...(await store.readFacts('m1')), engineInstall: { mode: 'docker', version: '28' } });
    expect(await store.readFacts('m1')).to.deep.equal({
      createdAt: '2026-11-21T00:00:00Z',
      newer: { x: 1 },
      engineInstall: { mode: 'docker', version: '28' },
    });
  });

  it('refuses facts of another shape, with the way out', async () => {
    await store.reserve('m1');
    for (const text of [
      '',
      '[]',
      '{"a":',
      '{"createdAt":1}',
      '{"engineInstall":{"mode":"snap"}}',
      '{"engineInstall":{"mode":"auto","version":28}}',
      '{"flags":{"cpus":{}}}',
    ]) {
      writeFileSync(store.machine('m1').facts, text);
      const error = await failureOf(store.readFacts('m1'));
      expect(error.code).to.equal('CONFIG_UNREADABLE');
      expect(hintOf(error)).to.contain('tsmachine provision m1');
    }
  });

  it('reads a thousand machines at once', async function () {
    this.timeout(20_000);
    const names = Array.from({ length: 1000 }, (_, index) => `m${index}`);
    const text = readFileSync(join(fixture, 'machines/one/config.json'));
    for (const name of names) {
      mkdirSync(store.machine(name).dir, { recursive: true });
      writeFileSync(store.machine(name).config, text);
    }
    const loaded = await Promise.all((await store.names()).map((name) => store.load(name)));
    expect(new Set(loaded.map(({ config: { Name } }) => Name)).size).to.equal(1000);
  });
});
