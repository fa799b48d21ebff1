import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { findLeftovers, removeLeftovers } from '../../../../src/machine/gc/gc.js';
import { removeMachine } from '../../../../src/machine/remove.js';
import { ownLedger } from '../../../../src/store/identity.js';
import { readLedger } from '../../../../src/store/ledger.js';
import { endSwarm } from '../../../../src/swarm/members/leave/down.js';
import { removeMachines } from '../../../../src/swarm/members/leave/removal.js';
import { seal, unseal, type ArchiveFile } from '../../../../src/transfer/archive/archive.js';
import { exportMachines } from '../../../../src/transfer/export.js';
import { importMachines } from '../../../../src/transfer/import.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';
import { line } from '../../commands/line.js';
import { FakeComputer } from './fake-computer.js';

describe('a machine that was exported', () => {
  let computer: FakeComputer;
  let file: string;

  beforeEach(async () => {
    computer = new FakeComputer();
    file = join(computer.home, 'machines.tsm');
    await computer.make('a', 'm1');
    await computer.make('a', 'm2');
    await exportMachines(computer.session('a'), { names: ['m1'], output: file });
  });

  const idOf = async (store: string, name: string, of = computer) => (await readLedger(of.session(store).store.machine(name).ledger))?.id;
  const storeId = async (store: string) => (await ownLedger(computer.root(store))).id;
  const known = async (store: string) => (await computer.session(store).registry.find(await storeId(store)))?.machines ?? {};
  const typed = (words: string, input?: string) =>
    computer.everywhere(() => line(words.split(' '), { ...computer.env, MACHINE_STORAGE_PATH: computer.root('a') }, input));

  it('keeps its id, and belongs to the store that takes it', async () => {
    const session = computer.session('b');
    await importMachines(session, { file, renamed: { m1: 'web' } });
    expect(await idOf('b', 'web')).to.equal(await idOf('a', 'm1'));
    const owner = { store: await storeId('b'), machine: await idOf('b', 'web') };
    expect(owner.store).not.to.equal(await storeId('a'));
    expect(computer.claimed).to.deep.equal([owner]);
    expect(computer.things.find(({ id }) => id === 'm1-1')?.owner).to.deep.equal(owner);
    expect((await known('b'))['web']).to.deep.include({ id: owner.machine, path: session.store.machine('web').dir });
    expect(session.io.warnings).to.deep.equal([]);
    expect((await known('a'))['m1']).to.have.property('shared', true);
    expect((await known('a'))['m2']).not.to.have.property('shared');
  });

  it('gets its id by the export when it has none yet, if its driver labels what it makes', async () => {
    await rm(computer.session('a').store.machine('m2').ledger);
    await exportMachines(computer.session('a'), { names: ['m2'], output: file });
    await importMachines(computer.session('b'), { file });
    expect(await idOf('b', 'm2')).to.equal(await idOf('a', 'm2'));
    expect((await known('a'))['m2']).to.have.property('shared', true);
    const quiet = new FakeComputer();
    await quiet.make('a', 'm1', 'none');
    await exportMachines(quiet.session('a'), { names: ['m1'], output: file });
    await importMachines(quiet.session('b'), { file });
    expect(await quiet.session('a').registry.all()).to.deep.equal([]);
    expect(await idOf('b', 'm1', quiet)).to.equal(undefined);
  });

  it('is not removed unless somebody says so', async () => {
    const error = await failureOf(removeMachine(computer.session('a'), 'm1', { force: false }));
    expect(error.code).to.equal('MACHINE_SHARED');
    expect(hintOf(error)).to.contain('tsmachine rm --shared m1').and.to.contain('tsmachine rm -f m1');
    const [outcome] = await removeMachines(computer.session('a'), ['m1']);
    expect(outcome).to.have.nested.property('error.code', 'MACHINE_SHARED');
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
    const [removed] = await removeMachines(computer.session('a'), ['m1'], { shared: true });
    expect(removed).not.to.have.property('error');
    expect(computer.ids).to.deep.equal(['m2-2']);
    expect(await known('a')).to.have.keys('m2');
  });

  it('lives on after rm -f, gc, and another machine of its name, and when its store is deleted', async () => {
    await removeMachine(computer.session('a'), 'm1', { force: true });
    const survives = async () => {
      const session = computer.session('b');
      await removeLeftovers(session, await findLeftovers(session));
      expect(computer.ids).to.include('m1-1');
    };
    await survives();
    await computer.make('a', 'm1');
    await survives();
    await removeMachine(computer.session('a'), 'm1', { force: false }); // this one was not exported
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
    await rm(computer.root('a'), { recursive: true });
    await survives();
    expect(computer.ids).to.deep.equal(['m1-1']);
  });

  it('lives on when its configuration is gone, and another goes with all that it made', async () => {
    const { store } = computer.session('a');
    for (const name of ['m1', 'm2']) await rm(store.machine(name).config);
    expect((await failureOf(removeMachine(computer.session('a'), 'm2', { force: false }))).code).to.equal('MACHINE_INCOMPLETE');
    for (const name of ['m1', 'm2']) await removeMachine(computer.session('a'), name, { force: true });
    expect(computer.ids).to.deep.equal(['m1-1']);
    expect(await store.names()).to.deep.equal([]);
  });

  it('is taken for one while this computer cannot read what it remembers', async () => {
    const registryFile = join(computer.stateDir, 'stores', `${await storeId('a')}.json`);
    await writeFile(registryFile, '{');
    expect((await failureOf(removeMachine(computer.session('a'), 'm2', { force: false }))).code).to.equal('CONFIG_UNREADABLE');
    await removeMachine(computer.session('a'), 'm2', { force: true });
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
  });

  it('is asked about by rm, and a no means that nothing is done', async () => {
    const no = await typed('rm -y m2 m1', 'n\n');
    expect(no.stderr).to.contain('m1 was exported: another computer may use it. Remove the machine itself? (y/n): ');
    expect(no.code).to.equal(0);
    const nobody = await typed('rm -y m2 m1');
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.contain('tsmachine rm --shared m1');
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
    expect(await computer.session('a').store.names()).to.deep.equal(['m1', 'm2']);
    expect(await typed('rm -y m2 m1', 'y\n')).to.deep.include({ code: 0 });
    expect(computer.ids).to.deep.equal([]);
  });

  it('is removed by rm --shared, and left alone by rm -f', async () => {
    expect(await typed('rm -f m1')).to.deep.include({ code: 0 });
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
    await importMachines(computer.session('a'), { file });
    expect(await typed('rm -y m1', 'n\n')).to.deep.include({ code: 0 }); // it may still be in use elsewhere
    expect(await typed('rm -y --shared m1')).to.deep.include({ code: 0 });
    expect(computer.ids).to.deep.equal(['m2-2']);
    expect(await known('a')).to.have.keys('m2');
  });

  it('does not leave its swarm before somebody says so', async () => {
    const session = computer.session('a');
    const members = { m1: { role: 'manager', node: 'n1' }, m2: { role: 'worker', node: 'n2' } } as const;
    await session.store.swarms.save({ version: 1, name: 'prod', cluster: 'c1', members });
    const [outcome] = await removeMachines(session, ['m1']);
    expect(outcome).to.have.nested.property('error.code', 'MACHINE_SHARED');
    const [first] = await removeMachines(session, ['m1', 'm2']); // all of the swarm: it would be dissolved
    expect(first).to.have.nested.property('error.code', 'MACHINE_SHARED');
    expect((await failureOf(endSwarm(session, 'prod'))).code).to.equal('MACHINE_SHARED');
    expect((await session.store.swarms.find('prod'))?.members).to.have.keys('m1', 'm2');
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2']);
  });

  it('is not the same machine in a copy of its store, but counts as this one there', async () => {
    await cp(computer.root('a'), computer.root('copy'), { recursive: true });
    await removeMachine(computer.session('copy'), 'm2', { force: false });
    expect(await known('a')).to.have.keys('m1', 'm2'); // the copy forgets its own machine, not the original's
  });

  it('is not taken twice into one store', async () => {
    const error = await failureOf(importMachines(computer.session('a'), { file, renamed: { m1: 'again' } }));
    expect(error.code).to.equal('MACHINE_EXISTS');
    expect(error.message).to.contain('it is machine "m1"');
    expect(await computer.session('a').store.names()).to.deep.equal(['m1', 'm2']);
  });

  it('is taken as before from an export without a ledger', async () => {
    await rewrite((files) => files.filter(({ path }) => !path.endsWith('/ledger.json')));
    await importMachines(computer.session('b'), { file });
    expect(computer.claimed).to.have.length(1);
    expect(await idOf('b', 'm1')).not.to.equal(await idOf('a', 'm1'));
  });

  for (const [what, change] of Object.entries({
    'is cut off': (text: string) => text.slice(0, -10),
    'holds an entry twice': (text: string) => JSON.stringify(doubled(JSON.parse(text) as { entries: object[] })),
    'is of a newer version': (text: string) => text.replace('"version": 1', '"version": 2'),
    'holds what its store shared': (text: string) => text.replace('"scope": "machine"', '"scope": "store"'),
    'has an id that is none': (text: string) => text.replace(/"id": "[0-9a-f-]{36}"/, '"id": "../../../../../../../../../../../../.."'),
  })) {
    it(`is refused when its ledger ${what}`, async () => {
      await rewriteFile('ledger.json', change);
      expect((await failureOf(importMachines(computer.session('b'), { file }))).code).to.equal('ARCHIVE_INVALID');
      expect(await computer.session('b').store.names()).to.deep.equal([]);
    });
  }

  it('is refused when its driver refuses its data, naming the field', async () => {
    await rewriteFile('config.json', (text) => text.replace('"SSHUser": "docker"', '"SSHUser": "-oProxyCommand=evil"'));
    const error = await failureOf(importMachines(computer.session('b'), { file }));
    expect(error.code).to.equal('CONFIG_UNREADABLE');
    expect(error.message).to.contain('Driver.SSHUser');
    expect(error.message).not.to.contain('evil');
    expect(await computer.session('b').store.names()).to.deep.equal([]);
    expect(computer.claimed).to.deep.equal([]);
  });

  async function rewrite(change: (files: ArchiveFile[]) => ArchiveFile[]) {
    const files = await unseal(await readFile(file));
    await writeFile(file, await seal(change([...files]), { modified: new Date(0), passphrase: undefined }));
  }

  function rewriteFile(name: string, change: (text: string) => string) {
    return rewrite((files) =>
      files.map(({ path, content }) => ({
        path,
        content: path.endsWith(`/${name}`) ? Buffer.from(change(content.toString('utf8'))) : content,
      })),
    );
  }
});

function doubled<T extends { readonly entries: readonly object[] }>(ledger: T) {
  return { ...ledger, entries: [...ledger.entries, ...ledger.entries] };
}
