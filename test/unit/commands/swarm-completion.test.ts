import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { openStore } from '../../../src/store/store.js';
import { scratch } from '../../helpers/scratch.js';
import { line } from './line.js';

describe('completion of swarms', () => {
  async function completed(...words: string[]): Promise<string[]> {
    const store = join(scratch(), 'store');
    await mkdir(store, { recursive: true });
    for (const name of ['prod', 'test']) await openStore(store).swarms.save({ version: 1, name, members: {} });
    const { stdout } = await line(['completion', '--words', '--', '--storage-path', store, ...words]);
    return stdout.split('\n').flatMap((text) => (text === '' ? [] : (text.split('\t')[0] ?? [])));
  }

  const cases: [typed: string[], words: string[]][] = [
    [
      ['swarm', 'nodes', ''],
      ['prod', 'test'],
    ],
    [['swarm', 'status', 'pr'], ['prod']],
    [['swarm', 'nodes', 'prod', ''], []],
    [
      ['swarm', 'token', ''],
      ['worker', 'manager'],
    ],
    [
      ['swarm', 'token', 'worker', ''],
      ['prod', 'test'],
    ],
    [['swarm', 'join', '--role', 'm'], ['manager']],
  ];
  for (const [typed, words] of cases)
    it(`of ${typed.join(' ')}`, async () => {
      expect(await completed(...typed)).to.have.members(words);
    });
});
