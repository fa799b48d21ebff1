import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { machinesOfDeletedStores } from '../../../src/machine/gc/deleted-stores.js';
import { FakeComputer, fakeDriver } from '../machine/gc/fake-computer.js';
import { line } from './line.js';

describe('the command gc, and what ls says of it', () => {
  let computer: FakeComputer;

  beforeEach(async () => {
    computer = new FakeComputer();
    await computer.make('a', 'm1');
    await computer.make('b', 'other');
    computer.things.push({ id: 'foreign', owner: { store: '00000000-0000-4000-8000-000000000000' } });
    await rm(computer.root('a'), { recursive: true });
  });

  const typed = (words: string, input?: string) =>
    computer.everywhere(() => line(words.split(' '), { ...computer.env, MACHINE_STORAGE_PATH: computer.root('b') }, input));
  const all = ['foreign', 'm1-1', 'other-2'];

  it('lists, asks, and removes what it may', async () => {
    const { code, stdout, stderr } = await typed('gc', 'y\n');
    const rows = stdout.split('\n').map((row) => row.split(/ {3,}/));
    expect(rows[0]).to.deep.equal(['DRIVER', 'WHAT', 'NAME', 'AGE', 'SIZE', 'REMOVABLE', 'WHY']);
    expect(rows[1]).to.deep.equal([fakeDriver, 'fake VM', 'm1-1', '-', '-', 'yes', `its store ${computer.root('a')} was deleted`]);
    expect(rows[2]?.slice(0, 6)).to.deep.equal([fakeDriver, 'fake VM', 'foreign', '-', '-', 'no']);
    expect(stderr).to.contain('Remove it? (y/n): ').and.to.contain('Removed 1 of 1.');
    expect(code).to.equal(0);
    expect(computer.ids).to.deep.equal(['foreign', 'other-2']);
  });

  it('removes nothing after a no, with --dry-run, with --json alone, or where nobody can be asked', async () => {
    expect((await typed('gc', 'n\n')).code).to.equal(0);
    expect(computer.ids).to.deep.equal(all);
    expect((await typed('gc --dry-run -y')).code).to.equal(0);
    expect(computer.ids).to.deep.equal(all);
    const { stdout } = await typed('gc --json');
    const items = JSON.parse(stdout) as Record<string, unknown>[];
    expect(items.map(({ id, removable, reason }) => [id, removable, typeof reason])).to.deep.equal([
      ['m1-1', true, 'string'],
      ['foreign', false, 'string'],
    ]);
    expect(computer.ids).to.deep.equal(all);
    const { code, stderr } = await typed('gc');
    expect(code).to.equal(1);
    expect(stderr).to.contain('nobody could be asked').and.to.contain('tsmachine gc -y');
    expect(computer.ids).to.deep.equal(all);
    expect(await machinesOfDeletedStores(computer.session('b'))).to.equal(1);
  });

  it('says as JSON what it removed and what failed', async () => {
    const empty = { removed: [], failed: [] };
    expect(JSON.parse((await typed('gc -d none -y --json')).stdout)).to.deep.equal(empty);
    computer.stuck.add('m1-1');
    const stuck = await typed('gc -y --json');
    expect(stuck.code).to.equal(1);
    expect(JSON.parse(stuck.stdout)).to.have.nested.property('failed[0].error', 'it is stuck');
    computer.stuck.clear();
    const gone = await typed('gc -y --json');
    expect(JSON.parse(gone.stdout)).to.have.nested.property('removed[0].id', 'm1-1');
    expect(JSON.parse((await typed('gc -y --json')).stdout)).to.deep.equal(empty);
  });

  it('removes what belongs to a store that is named', async () => {
    expect((await typed('gc -y --store 00000000-0000-4000-8000-000000000000')).stderr).to.contain('Removed 1 of 1.');
    expect(computer.ids).to.deep.equal(['m1-1', 'other-2']);
  });

  it('ends with the error of a driver that was named, and with a warning of one that was not', async () => {
    computer.blind = new TsmachineError('COMMAND_FAILED', 'the hypervisor is off');
    expect(await typed(`gc -d ${fakeDriver}`)).to.deep.include({ code: 1 });
    const { code, stdout, stderr } = await typed('gc');
    expect(code).to.equal(0);
    expect(stdout).to.equal('Nothing is left over.\n');
    expect(stderr).to.contain('cannot look for what is left over: the hypervisor is off');
  });

  it('is mentioned by ls on a line of stderr, for people alone', async () => {
    const mention = '1 machine of a deleted store may still exist: tsmachine gc shows what is left\n';
    expect((await typed('ls')).stderr).to.contain(mention);
    for (const words of ['ls -q', 'ls --json', 'ls -f {{.Name}}']) expect((await typed(words)).stderr, words).not.to.contain('gc');
    await typed('gc -y');
    expect((await typed('ls')).stderr).not.to.contain('gc');
  });

  it('costs ls next to nothing where nothing is remembered', async () => {
    const session = new FakeComputer().session('a');
    const once = async () => {
      const started = performance.now();
      expect(await machinesOfDeletedStores(session)).to.equal(0);
      return performance.now() - started;
    };
    const times = [];
    for (let i = 0; i < 20; i += 1) times.push(await once());
    expect(Math.min(...times)).to.be.below(2);
  });

  it('does not fail ls when what is remembered cannot be read', async () => {
    const { code } = await computer.everywhere(() =>
      line(['ls'], {
        ...computer.env,
        TSMACHINE_STATE_DIR: join(computer.root('b'), 'ledger.json'),
        MACHINE_STORAGE_PATH: computer.root('b'),
      }),
    );
    expect(code).to.equal(0);
  });
});
