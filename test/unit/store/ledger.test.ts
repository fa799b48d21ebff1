import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { newLedger, readLedger, withEntry, withoutEntry, writeLedger } from '../../../src/store/ledger.js';
import { openStoreRegistry } from '../../../src/store/registry.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const entry = { key: 'vm', kind: 'VM', scope: 'machine', request: {}, token: 't', wanted: '2026-11-29T00:00:00.000Z' } as const;

describe('the file of a ledger', () => {
  let file: string;
  beforeEach(() => {
    file = join(scratch(), 'ledger.json');
  });

  it('is written and read', async () => {
    expect(await readLedger(file)).to.equal(undefined);
    const ledger = withEntry(newLedger('/store'), entry);
    await writeLedger(file, ledger);
    expect(await readLedger(file)).to.deep.equal(ledger);
    expect(withoutEntry(ledger, 'vm').entries).to.deep.equal([]);
    expect(withoutEntry(ledger, 'other')).to.equal(ledger);
  });

  const good = { ...newLedger(), entries: [entry] };
  const bad: [what: string, text: string][] = [
    ['empty', ''],
    ['cut off', JSON.stringify(good).slice(0, -20)],
    ['doubled', JSON.stringify(good).repeat(2)],
    ['a list', '[]'],
    ['with an entry twice', JSON.stringify({ ...good, entries: [entry, { ...entry, token: 'u' }] })],
    ['with an id that is none', JSON.stringify({ ...good, id: '../../etc' })],
    ['with an entry without a token', JSON.stringify({ ...good, entries: [{ ...entry, token: undefined }] })],
    ['with a scope that does not exist', JSON.stringify({ ...good, entries: [{ ...entry, scope: 'world' }] })],
    ['with a user that is no machine', JSON.stringify({ ...good, entries: [{ ...entry, users: ['m1'] }] })],
    ['with a number for an id', JSON.stringify({ ...good, entries: [{ ...entry, id: 7 }] })],
    ['without a version', JSON.stringify({ ...good, version: undefined })],
  ];
  for (const [what, text] of bad) {
    it(`is refused when it is ${what}`, async () => {
      writeFileSync(file, text);
      const error = await failureOf(readLedger(file));
      expect(error.code).to.equal('CONFIG_UNREADABLE');
      expect(error.message).to.equal(`Cannot read ${file}, which says what was made at the provider`);
      expect(hintOf(error)).to.contain('tsmachine gc');
    });
  }

  it('is refused when a newer version wrote it', async () => {
    writeFileSync(file, JSON.stringify({ ...good, version: 2, entries: 'something new' }));
    const error = await failureOf(readLedger(file));
    expect(error.code).to.equal('CONFIG_FUTURE');
    expect(error.message).to.equal(`${file} was written by a newer tsmachine`);
  });
});

describe("the computer's registry of stores", () => {
  const id = '11111111-2222-4333-8444-555555555555';
  const machine = { id: '21111111-2222-4333-8444-555555555555', driver: 'fake', path: '/store/machines/m1', resources: [] };
  let dir: string;
  beforeEach(() => {
    dir = scratch();
  });

  const write = (text: string, name = id) => {
    mkdirSync(join(dir, 'stores'), { recursive: true });
    writeFileSync(join(dir, 'stores', `${name}.json`), text);
  };

  it('remembers machines, forgets them, and does not lose what others write at once', async () => {
    const registry = openStoreRegistry(dir);
    const names = Array.from({ length: 5 }, (_, i) => `m${i}`);
    await Promise.all(
      names.map((name) => registry.update({ id, path: '/store' }, (machines) => ({ ...machines, [name]: { ...machine, path: name } }))),
    );
    expect(Object.keys((await registry.find(id))?.machines ?? {}).sort()).to.deep.equal(names);
    await registry.forget(id, machine.id);
    expect(await registry.all()).to.deep.equal([]);
  });

  const good = { version: 1, id, path: '/store', mount: '/', machines: { m1: machine } };
  const bad: [what: string, text: string, name?: string][] = [
    ['cut off', JSON.stringify(good).slice(0, -5)],
    ['doubled', JSON.stringify(good).repeat(2)],
    ['doubled under another name', JSON.stringify(good), '31111111-2222-4333-8444-555555555555'],
    ['of wrong types', JSON.stringify({ ...good, machines: { m1: { ...machine, resources: [7] } } })],
  ];
  for (const [what, text, name = id] of bad) {
    it(`refuses what is ${what}, and goes on with the rest`, async () => {
      write(text, name);
      const error = await failureOf(openStoreRegistry(dir).find(name));
      expect(error.code).to.equal('CONFIG_UNREADABLE');
      expect(error.message).to.contain('which says what a store of this computer holds');
      const told: string[] = [];
      expect(await openStoreRegistry(dir).all((problem) => told.push(problem))).to.deep.equal([]);
      expect(told).to.deep.equal([error.message]);
    });
  }

  it('says that a newer version wrote it', async () => {
    write(JSON.stringify({ ...good, version: 2 }));
    const error = await failureOf(openStoreRegistry(dir).find(id));
    expect(error.code).to.equal('CONFIG_FUTURE');
    expect(error.message).to.equal(`${join(dir, 'stores', `${id}.json`)} was written by a newer tsmachine`);
  });
});
