import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { plain } from '../../../../src/base/text.js';
import { machinesOfDeletedStores } from '../../../../src/machine/gc/deleted-stores.js';
import { findLeftovers, forgetWhatIsGone, removeLeftovers, type GcOptions } from '../../../../src/machine/gc/gc.js';
import { removeMachine } from '../../../../src/machine/remove.js';
import { ownLedger } from '../../../../src/store/identity.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';
import { FakeComputer, fakeDriver } from './fake-computer.js';

const foreign = '00000000-0000-4000-8000-000000000000';

describe('what is left over', () => {
  let computer: FakeComputer;

  beforeEach(async () => {
    computer = new FakeComputer();
    await computer.make('a', 'm1');
    await computer.make('a', 'm2');
    await computer.make('b', 'other');
  });

  /** Each thing that is listed: whether it is removable. */
  const listed = async (from = 'b', options?: GcOptions) =>
    Object.fromEntries((await findLeftovers(computer.session(from), options)).map(({ id, removable }) => [id, removable]));
  const reasons = async (from = 'b') => (await findLeftovers(computer.session(from))).map(({ reason }) => plain(reason));
  const storeId = async (store: string) => (await ownLedger(computer.root(store))).id;
  const registryFile = async (store: string) => join(computer.stateDir, 'stores', `${await storeId(store)}.json`);
  const editRegistry = async (store: string, change: (text: string) => string) => {
    const file = await registryFile(store);
    await writeFile(file, change(await readFile(file, 'utf8')));
  };
  const deleteStore = (store: string) => rm(computer.root(store), { recursive: true });

  it('is nothing while the stores are there', async () => {
    expect(await listed('a')).to.deep.equal({});
    expect(await listed('new')).to.deep.equal({});
    expect(await readdir(computer.home)).not.to.include('new');
  });

  it('is what a deleted store made, and nothing else', async () => {
    computer.things.push({ id: 'foreign', owner: { store: foreign, machine: foreign } }, { id: 'unlabelled' });
    await deleteStore('a');
    expect(await listed()).to.deep.equal({ 'm1-1': true, 'm2-2': true, foreign: false, unlabelled: false });
    expect(await machinesOfDeletedStores(computer.session('b'))).to.equal(2);
    const session = computer.session('b');
    await removeLeftovers(session, await findLeftovers(session));
    expect(computer.ids).to.deep.equal(['foreign', 'other-3', 'unlabelled']);
    expect(await machinesOfDeletedStores(session)).to.equal(0);
    expect(await readdir(join(computer.stateDir, 'stores'))).to.deep.equal([`${await storeId('b')}.json`]);
  });

  it('is what a deleted store made, when another one lies there now', async () => {
    await deleteStore('a');
    await computer.make('a', 'm1');
    expect(await listed()).to.deep.equal({ 'm1-1': true, 'm2-2': true });
    const session = computer.session('a');
    await removeLeftovers(session, await findLeftovers(session));
    expect(computer.ids).to.deep.equal(['m1-4', 'other-3']);
  });

  it('is not what a moved store made, once the store was used, or is in use', async () => {
    await mkdir(join(computer.home, 'moved'));
    await rename(computer.root('a'), computer.root('moved'));
    expect(await listed('moved')).to.deep.equal({});
    expect(await listed('b')).to.deep.equal({});
    await deleteStore('moved');
    expect(await listed('b')).to.deep.equal({ 'm1-1': true, 'm2-2': true });
  });

  it('is not what a copy of a deleted store has', async () => {
    await cp(computer.root('a'), computer.root('copy'), { recursive: true });
    await deleteStore('a');
    expect(await listed('copy')).to.deep.equal({});
    const { resources } = await machineOf('copy', 'm1');
    expect((await resources.owner()).store).not.to.equal(await storeId('b'));
    expect(await listed('b')).to.deep.equal({}); // now this computer knows the copy as well
  });

  it('is not what a copied store made, when the copy is deleted', async () => {
    await cp(computer.root('a'), computer.root('copy'), { recursive: true });
    await (await machineOf('copy', 'm1')).resources.owner();
    expect(await storeId('copy')).not.to.equal(await storeId('a'));
    await deleteStore('copy');
    expect(await listed('b')).to.deep.equal({});
    expect(await listed('a')).to.deep.equal({});
  });

  it('is not what a store on a disk made that is not mounted, even where its mount point is an empty folder', async () => {
    await editRegistry('a', (text) => text.replace(/"mount": ".*"/, '"mount": "/mnt/stick"'));
    await deleteStore('a');
    expect(await listed()).to.deep.equal({ 'm1-1': false, 'm2-2': false });
    expect((await reasons())[0]).to.match(/^the disk of .* is not mounted$/);
    await mkdir(computer.root('a'), { recursive: true });
    expect(await listed()).to.deep.equal({ 'm1-1': false, 'm2-2': false });
    expect(await machinesOfDeletedStores(computer.session('b'))).to.equal(0);
    const session = computer.session('b');
    await forgetWhatIsGone(session);
    expect(await session.registry.all()).to.have.length(2);
  });

  it('is what a machine made whose folder, or whose files, were deleted by hand', async () => {
    await rm(join(computer.root('a'), 'machines', 'm1'), { recursive: true });
    expect(await listed()).to.deep.equal({ 'm1-1': true });
    await rm(join(computer.root('a'), 'machines', 'm2', 'config.json'));
    expect(await listed()).to.deep.equal({ 'm1-1': true, 'm2-2': true });
    expect(await reasons()).to.deep.equal([
      `its machine m1 is no longer in ${computer.root('a')}`,
      `its machine m2 is no longer in ${computer.root('a')}`,
    ]);
  });

  it('is nothing of a store whose ledgers cannot be read, or are gone', async () => {
    await writeFile(join(computer.root('a'), 'ledger.json'), '{');
    await rm(join(computer.root('a'), 'machines', 'm1'), { recursive: true });
    expect(await listed()).to.deep.equal({ 'm1-1': false });
    await rm(join(computer.root('a'), 'ledger.json'));
    expect(await listed()).to.deep.equal({ 'm1-1': true }); // the store lost its id; m2 is still known by its own
  });

  it('is nothing that may belong to a machine whose ledger cannot be read', async () => {
    for (const name of ['m1', 'm2']) await writeFile(join(computer.root('a'), 'machines', name, 'ledger.json'), '{"version": 2}');
    expect(await listed()).to.deep.equal({});
    await rm(join(computer.root('a'), 'machines', 'm1'), { recursive: true });
    expect(await listed()).to.deep.equal({ 'm1-1': false });
    expect((await reasons())[0]).to.contain('m2');
  });

  it('is only listed when what this computer remembers is cut off, doubled, newer or lost', async () => {
    const id = await storeId('a');
    const file = await registryFile('a');
    const text = await readFile(file, 'utf8');
    await deleteStore('a');
    for (const wrong of [text.slice(0, 50), text.replace('"version": 1', '"version": 2'), text.replace(id, foreign), '[]', text + text]) {
      await writeFile(file, wrong);
      expect(await listed(), wrong).to.deep.equal({ 'm1-1': false, 'm2-2': false });
    }
    await rm(file);
    expect(await listed()).to.deep.equal({ 'm1-1': false, 'm2-2': false });
    expect((await reasons())[0]).to.contain(`gc --store ${id}`);
  });

  it('never reads a file that a label names', async () => {
    computer.things.push({ id: 'evil', owner: { store: '../../a/machine/ledger', machine: foreign } });
    expect(await listed()).to.deep.equal({ evil: false });
  });

  it('is removed of the store that is named, and of no other', async () => {
    computer.things.push({ id: 'foreign', owner: { store: foreign, machine: foreign } });
    await deleteStore('a');
    expect(await listed('b', { store: foreign })).to.deep.equal({ foreign: true });
    expect(await listed('b', { store: await storeId('b') })).to.deep.equal({}); // its machine lives
    const session = computer.session('b');
    await removeLeftovers(session, await findLeftovers(session, { store: foreign }), { store: foreign });
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2', 'other-3']);
  });

  it('is judged by its folder where an older version put no id on it', async () => {
    const root = computer.root('old');
    const machine = join(root, 'machines', 'm0');
    computer.things = [{ id: 'old', path: machine }];
    expect(await listed()).to.deep.equal({ old: false }); // not even the folder above is there
    await mkdir(machine, { recursive: true });
    await writeFile(join(machine, 'config.json'), '{}');
    expect(await listed()).to.deep.equal({});
    await rm(machine, { recursive: true });
    expect(await listed()).to.deep.equal({ old: true });
    await rm(root, { recursive: true });
    expect(await listed()).to.deep.equal({ old: true });
    const mountPoint = scratch(); // an empty folder, as of a disk that is not mounted
    computer.things = [{ id: 'old', path: join(mountPoint, 'store', 'machines', 'm0') }];
    expect(await listed()).to.deep.equal({ old: false });
    expect(await listed('b', { store: join(mountPoint, 'store') })).to.deep.equal({ old: true });
  });

  it('says which driver cannot look, when the computer remembers a machine of it', async () => {
    computer.blind = new TsmachineError('COMMAND_FAILED', 'the hypervisor is off');
    await deleteStore('a');
    const session = computer.session('b');
    expect(await findLeftovers(session)).to.deep.equal([]);
    expect(session.io.warnings).to.deep.equal([`Driver ${fakeDriver} cannot look for what is left over: the hypervisor is off`]);
    expect((await failureOf(findLeftovers(session, { drivers: [fakeDriver] }))).code).to.equal('COMMAND_FAILED');
    await forgetWhatIsGone(session);
    expect(await machinesOfDeletedStores(session)).to.equal(2);
  });

  it('is remembered as long as it could not be removed', async () => {
    await deleteStore('a');
    computer.stuck.add('m1-1');
    const session = computer.session('b');
    const outcomes = await removeLeftovers(session, await findLeftovers(session));
    expect(outcomes.map((outcome) => 'error' in outcome)).to.deep.equal([true, false]);
    expect(await listed()).to.deep.equal({ 'm1-1': true });
    expect(await machinesOfDeletedStores(session)).to.equal(1);
  });

  it('is what the machines of a deleted store shared, and the store is remembered as long as that could not be removed', async () => {
    const owner = { store: await storeId('a') };
    computer.things.push({ id: 'shared', owner });
    expect(await listed()).to.deep.equal({});
    await deleteStore('a');
    const session = computer.session('b');
    computer.stuck.add('shared');
    await removeLeftovers(session, await findLeftovers(session));
    expect(computer.ids).to.deep.equal(['other-3', 'shared']);
    expect(await listed()).to.deep.equal({ shared: true });
    computer.stuck.clear();
    await removeLeftovers(session, await findLeftovers(session));
    expect(computer.ids).to.deep.equal(['other-3']);
    expect(await session.registry.find(owner.store)).to.equal(undefined);
  });

  it('is what rm -f could not remove, also of the last machine of a store, with what its machines shared', async () => {
    const owner = { store: await storeId('a') };
    computer.things.push({ id: 'shared', owner });
    computer.unwilling = true;
    for (const name of ['m1', 'm2']) await removeMachine(computer.session('a'), name, { force: true });
    expect(computer.ids).to.deep.equal(['m1-1', 'm2-2', 'other-3', 'shared']);
    expect(await listed('a')).to.deep.equal({ 'm1-1': true, 'm2-2': true, shared: true });
    const session = computer.session('a');
    await removeLeftovers(session, await findLeftovers(session));
    expect(computer.ids).to.deep.equal(['other-3']);
    expect(await session.registry.find(owner.store)).to.equal(undefined);
  });

  it('is not what the machines of a deleted store shared, while one of them lives in a copy, was exported, or is not mounted', async () => {
    computer.things = [{ id: 'shared', owner: { store: await storeId('a') } }];
    await cp(computer.root('a'), computer.root('copy'), { recursive: true });
    await deleteStore('a');
    expect(await listed('copy')).to.deep.equal({});
    await deleteStore('copy');
    const file = join(computer.stateDir, 'stores', `${String(computer.things[0]?.owner?.store)}.json`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"driver"', '"shared": true, "driver"'));
    expect(await listed()).to.deep.equal({ shared: false });
    await writeFile(file, text.replace(/"mount": ".*"/, '"mount": "/mnt/stick"'));
    expect(await listed()).to.deep.equal({ shared: false });
    await writeFile(file, text);
    expect(await listed()).to.deep.equal({ shared: true });
  });

  it('is looked at again before it is removed', async () => {
    const elsewhere = join(computer.home, 'unplugged');
    await rename(computer.root('a'), elsewhere);
    const session = computer.session('b');
    const items = await findLeftovers(session);
    expect(items).to.have.length(2);
    await rename(elsewhere, computer.root('a'));
    const outcomes = await removeLeftovers(session, items);
    expect(outcomes.map((outcome) => ('error' in outcome ? TsmachineError.from(outcome.error).code : ''))).to.deep.equal([
      'MACHINE_STATE',
      'MACHINE_STATE',
    ]);
    expect(computer.ids).to.have.length(3);
  });

  it('is no longer mentioned once its driver finds nothing of it', async () => {
    await deleteStore('a');
    computer.things = computer.things.filter(({ id }) => id === 'other-3');
    const session = computer.session('b');
    expect(await machinesOfDeletedStores(session)).to.equal(2);
    await forgetWhatIsGone(session);
    expect(await machinesOfDeletedStores(session)).to.equal(0);
    expect(await session.registry.all()).to.have.length(1);
  });

  it('writes nothing for machines whose drivers ask for no owner', async () => {
    const quiet = new FakeComputer();
    await quiet.make('a', 'm1', 'none');
    await removeMachine(quiet.session('a'), 'm1', { force: false });
    await findLeftovers(quiet.session('a'));
    expect(await readdir(quiet.home)).to.deep.equal(['a']);
    expect(await readdir(quiet.root('a'))).not.to.include('ledger.json');
  });

  async function machineOf(store: string, name: string) {
    const { openMachine } = await import('../../../../src/machine/machine.js');
    return openMachine(computer.session(store), name);
  }
});
