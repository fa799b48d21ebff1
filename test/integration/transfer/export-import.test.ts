import { copyFile, cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { packWithDigest } from '../../../src/transfer/archive/digest.js';
import { exportMachines, type ExportRequest } from '../../../src/transfer/export.js';
import { importMachines } from '../../../src/transfer/import.js';
import { engineVersion } from '../../../src/machine/query.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { failureOf } from '../../helpers/failure.js';
import { standInEngine, type StandInEngine } from '../../compat/engine.js';
import { makeMachine, person, type Person } from './two-homes.js';

const neverAsked = () => Promise.reject(new Error('nobody should be asked'));
const answer = (passphrase: string) => () => Promise.resolve(passphrase);

describe('export and import between two homes', function () {
  this.timeout(30_000);
  let ann: Person;
  let bob: Person;
  let engine: StandInEngine;
  let file: string;

  before(async () => {
    engine = await standInEngine('27.3.1');
    ann = await person();
    await makeMachine(ann, 'one', `tcp://127.0.0.1:${engine.port}`);
    await engine.serve(ann.session.store.root);
    await makeMachine(ann, 'two', 'tcp://127.0.0.1:1');
  });
  after(() => engine.close());
  beforeEach(async () => {
    bob = await person();
    file = join(bob.home, 'machines.tsm');
  });

  const export_ = (names: string[], options: Partial<ExportRequest> = {}) =>
    exportMachines(ann.session, { names, output: file, withCaKey: false, withSshKey: false, ...options });
  const import_ = (renamed: Record<string, string> = {}, passphrase = neverAsked as () => Promise<string>) =>
    importMachines(bob.session, { file, renamed, passphrase });
  const nothingWritten = async () => {
    expect(await bob.session.store.names()).to.deep.equal([]);
    const entries = await readdir(bob.session.store.paths.machinesDir).catch(() => []);
    expect(entries).to.deep.equal([]);
  };

  it('use a machine from another home, with another CA there', async () => {
    await makeMachine(bob, 'own', 'tcp://127.0.0.1:1'); // bob has his own CA
    const certificates = await readFile(bob.session.store.paths.ca);
    await export_(['one', 'two']);
    expect(await import_()).to.deep.equal(['one', 'two']);
    await rm(file);
    expect(await engineVersion(bob.session, 'one')).to.equal('27.3.1');
    const { config } = await bob.session.store.load('one');
    expect(JSON.stringify(config)).not.to.contain(ann.home);
    expect(config.HostOptions.AuthOptions.CaCertPath).to.equal(bob.session.store.machine('one').ca);
    expect(await readFile(bob.session.store.paths.ca)).to.deep.equal(certificates);
  });

  it("keep the CA's key at home unless it is asked for", async () => {
    await export_(['one']);
    await import_();
    expect(await readdir(bob.session.store.machine('one').dir)).to.have.members([
      'config.json',
      'ca.pem',
      'cert.pem',
      'key.pem',
      'facts.json',
    ]);
    await export_(['one'], { withCaKey: true });
    await import_({ one: 'again' });
    const { caKey } = bob.session.store.machine('again');
    expect(await readFile(caKey)).to.deep.equal(await readFile(ann.session.store.paths.caKey));
    expect((await stat(caKey)).mode & 0o777).to.equal(0o600);
  });

  it('share the certificates of a store that has the same CA', async () => {
    await mkdir(bob.session.store.root, { recursive: true });
    await cp(ann.session.store.paths.certsDir, bob.session.store.paths.certsDir, { recursive: true });
    await export_(['one']);
    await import_();
    const { config } = await bob.session.store.load('one');
    expect(config.HostOptions.AuthOptions.ClientKeyPath).to.equal(bob.session.store.paths.key);
    expect(await engineVersion(bob.session, 'one')).to.equal('27.3.1');
  });

  it('are private, whatever the umask is, and say so when they are not encrypted', async () => {
    const umask = process.umask(0);
    try {
      await export_(['one']);
      await import_();
    } finally {
      process.umask(umask);
    }
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const { dir, key, config, ca } = bob.session.store.machine('one');
    const modes = await Promise.all([dir, key, config, ca].map(async (path) => (await stat(path)).mode & 0o777));
    expect(modes).to.deep.equal([0o700, 0o600, 0o600, 0o644]);
    expect(ann.io.warnings.some((line) => line.includes('unencrypted private keys'))).to.equal(true);
  });

  it('are opened by the passphrase they were made with, and by no other', async () => {
    await export_(['one'], { passphrase: 'right' });
    expect((await readFile(file)).includes('BEGIN')).to.equal(false);
    expect(await failureOf(import_({}, answer('wrong')))).to.include({ code: 'ARCHIVE_PASSPHRASE' });
    await nothingWritten();
    await import_({}, answer('right'));
    expect(await engineVersion(bob.session, 'one')).to.equal('27.3.1');
  });

  for (const passphrase of [undefined, 'right']) {
    it(`write nothing of a file that was cut off or changed (${passphrase === undefined ? 'readable' : 'encrypted'})`, async () => {
      await export_(['one', 'two'], { passphrase });
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, bytes.length - 100));
      expect(await failureOf(import_({}, answer('right')))).to.include({ code: 'ARCHIVE_INVALID' });
      bytes.writeUInt8(bytes.readUInt8(9000) ^ 1, 9000);
      await writeFile(file, bytes);
      expect(await failureOf(import_({}, answer('right')))).to.include({ code: 'ARCHIVE_INVALID' });
      await nothingWritten();
    });
  }

  it('refuse a name that is taken, in any case of its letters, and take another', async () => {
    await makeMachine(bob, 'one', 'tcp://127.0.0.1:1');
    await export_(['two', 'one']);
    const error = await failureOf(import_());
    expect(error).to.include({ code: 'MACHINE_EXISTS', hint: 'Import it under another name: --name one=NEW' });
    expect(await bob.session.store.names()).to.deep.equal(['one']);
    expect(await failureOf(import_({ one: 'ONE' }))).to.have.property('code', 'MACHINE_EXISTS');
    expect(await failureOf(import_({ three: 'x' }))).to.have.property('code', 'USAGE');
    expect(await failureOf(import_({ one: 'Two' }))).to.have.property('code', 'USAGE');
    expect(await failureOf(import_({ one: '../x' }))).to.have.property('code', 'NAME_INVALID');
    await import_({ one: 'renamed' });
    expect(await bob.session.store.names()).to.deep.equal(['one', 'renamed', 'two']);
    expect((await bob.session.store.load('renamed')).config.Driver['MachineName']).to.equal('renamed');
    expect(await engineVersion(bob.session, 'renamed')).to.equal('27.3.1');
  });

  it('are all or nothing when one of the machines cannot be placed', async () => {
    await export_(['one', 'two']);
    const { store } = bob.session;
    const stage: typeof store.stage = (use) =>
      store.stage((staging) =>
        use({
          ...staging,
          publish: async (names) => {
            await rename(staging.machine('two').dir, `${staging.machine('two').dir}-gone`); // as a disk that fails between two renames
            await staging.publish(names);
          },
        }),
      );
    const session = { ...bob.session, store: { ...store, stage } };
    expect(await failureOf(importMachines(session, { file, renamed: {}, passphrase: neverAsked }))).to.have.property(
      'code',
      'STORE_UNWRITABLE',
    );
    await nothingWritten();
  });

  it('refuse entries that leave the store or belong to no machine', async () => {
    const manifest = Buffer.from(JSON.stringify({ version: 1, machines: [{ name: 'one', driver: 'none' }] }));
    for (const path of [
      '../../evil',
      '/etc/evil',
      'certs/ca.pem',
      'machines/other/config.json',
      'machines/one/deep/key.pem',
      'machines/one/journal.json',
    ]) {
      await writeFile(
        file,
        await packWithDigest(
          [
            { path: 'tsmachine.json', content: manifest },
            { path, content: Buffer.from('x') },
          ],
          new Date(0),
        ),
      );
      expect(await failureOf(import_()), path).to.have.property('code', 'ARCHIVE_INVALID');
    }
    const outside = Buffer.from(JSON.stringify({ version: 1, machines: [{ name: '../one', driver: 'none' }] }));
    await writeFile(file, await packWithDigest([{ path: 'tsmachine.json', content: outside }], new Date(0)));
    expect(await failureOf(import_())).to.have.property('code', 'ARCHIVE_INVALID');
    await nothingWritten();
  });

  it('do not export what is not there or half made', async () => {
    expect(await failureOf(export_(['one', 'nope']))).to.have.property('code', 'MACHINE_NOT_FOUND');
    expect(
      await failureOf(exportMachines(ann.session, { names: ['one'], output: bob.home, withCaKey: false, withSshKey: false })),
    ).to.have.property('code', 'STORE_UNWRITABLE');
    expect(await readdir(bob.home)).to.deep.equal(['.ssh']);
  });

  describe('with SSH', () => {
    const key = (home: string) => join(home, '.ssh', 'id_test');

    beforeEach(async () => {
      await writeFile(key(ann.home), "ann's own key", { mode: 0o600 });
      await generic('ssh1', key(ann.home));
    });

    async function generic(name: string, keyPath: string): Promise<void> {
      const { store } = ann.session;
      await store.reserve(name);
      const driver = {
        IPAddress: '192.0.2.1',
        MachineName: name,
        SSHUser: 'root',
        SSHPort: 22,
        SSHKeyPath: keyPath,
        StorePath: store.root,
        EnginePort: 2376,
      };
      await store.save({
        name,
        config: newHostConfig({ name, root: store.root, driverName: 'generic', driver, engine: {}, serverCertSans: [] }),
      });
      await writeFile(store.machine(name).knownHosts, `${name} ssh-ed25519 AAAA\nbastion ssh-ed25519 BBBB\n`, { mode: 0o600 });
    }

    it("leave the user's own key behind, say so, and look for it under the new home", async () => {
      await export_(['ssh1']);
      expect(ann.io.warnings).to.include(
        `ssh1: its SSH key ${key(ann.home)} is your own and is not in the export; --with-ssh-key includes it`,
      );
      await import_();
      expect((await bob.session.store.load('ssh1')).config.Driver['SSHKeyPath']).to.equal(key(bob.home));
      expect(bob.io.warnings).to.include(`ssh1: its SSH key id_test is not in the export: put it at ${key(bob.home)} (mode 0600)`);
    });

    it("take the user's own key along when asked to", async () => {
      await export_(['ssh1'], { withSshKey: true });
      await import_();
      const path = String((await bob.session.store.load('ssh1')).config.Driver['SSHKeyPath']);
      expect(path).to.equal(bob.session.store.machine('ssh1').userSshKey);
      expect(await readFile(path, 'utf8')).to.equal("ann's own key");
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
    });

    it('keep the pinned host key under the new name', async () => {
      await export_(['ssh1']);
      await import_({ ssh1: 'web' });
      expect(await readFile(bob.session.store.machine('web').knownHosts, 'utf8')).to.equal(
        'web ssh-ed25519 AAAA\nbastion ssh-ed25519 BBBB\n',
      );
    });

    it("take a key of the machine's folder along under its new name, and tell what stays", async () => {
      const { dir } = ann.session.store.machine('ssh2');
      await generic('ssh2', join(dir, 'id_rsa'));
      await copyFile(key(ann.home), join(dir, 'id_rsa'));
      await writeFile(join(dir, 'disk.vmdk'), '');
      await export_(['ssh2']);
      expect(ann.io.warnings).to.include('ssh2: not in the export: disk.vmdk. The host itself stays where it is');
      await import_({ ssh2: 'web2' });
      expect((await bob.session.store.load('web2')).config.Driver['SSHKeyPath']).to.equal(
        join(bob.session.store.machine('web2').dir, 'id_rsa'),
      );
      expect(await readdir(bob.session.store.machine('web2').dir))
        .to.include('id_rsa')
        .and.not.include('disk.vmdk');
    });
  });
});
