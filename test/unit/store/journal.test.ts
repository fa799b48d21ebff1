import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { type Journal, closeJournal, readJournal, writeJournal } from '../../../src/store/journal.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const journal: Journal = {
  version: 1,
  operation: 'create',
  driver: 'nspawn',
  request: 'a'.repeat(64),
  startedAt: '2026-11-21T00:00:00.000Z',
  done: ['reserved', 'certificates'],
};

describe('the journal', () => {
  let file: string;
  beforeEach(() => {
    const folder = join(scratch(), 'm1');
    mkdirSync(folder);
    file = join(folder, 'journal.json');
  });

  it('is written, read and closed', async () => {
    expect(await readJournal(file)).to.equal(undefined);
    await writeJournal(file, journal);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(await readJournal(file)).to.deep.equal(journal);
    await closeJournal(file);
    await closeJournal(file);
    expect(existsSync(file)).to.equal(false);
  });

  const bad: [string, string][] = [
    ['empty', ''],
    ['torn', JSON.stringify(journal).slice(0, 50)],
    ['a list', '[]'],
    ['null', 'null'],
    ['doubled', JSON.stringify(journal).repeat(2)],
    ['with a step twice', JSON.stringify({ ...journal, done: ['reserved', 'reserved'] })],
    ['of another operation', JSON.stringify({ ...journal, operation: 'upgrade' })],
    ['with an unknown step', JSON.stringify({ ...journal, done: ['reserved', 'flown'] })],
    ['without a request', JSON.stringify({ ...journal, request: undefined })],
  ];
  for (const [what, text] of bad) {
    it(`cannot be followed when it is ${what}`, async () => {
      writeFileSync(file, text);
      const error = await failureOf(readJournal(file));
      expect(error.code).to.equal('MACHINE_INCOMPLETE');
      expect(error.message).to.contain('"m1"').and.to.contain(file);
      expect(hintOf(error)).to.contain('tsmachine rm -f m1');
    });
  }

  it('is refused with its own message when a newer version wrote it', async () => {
    writeFileSync(file, JSON.stringify({ ...journal, version: 2 }));
    const error = await failureOf(readJournal(file));
    expect(error.code).to.equal('CONFIG_FUTURE');
    expect(error.message).to.equal(`${file} was written by a newer tsmachine (version 2 of the format)`);
  });
});
