import { expect } from 'chai';

import { findingsTable } from '../../../src/cli/output/findings-table.js';
import { oneFile, parseRenames } from '../../../src/cli/line/arguments.js';
import { repeatableLine } from '../../../src/cli/line/repeatable.js';
import { findCommandWords } from '../../../src/cli/line/topic.js';
import { failureOf } from '../../helpers/failure.js';

describe('cli: upkeep of machines', () => {
  it('finds commands of one word and of two', () => {
    const known = (name: string) => ['ls', 'context:ls'].includes(name);
    expect(findCommandWords(['ls', 'context'], known)).to.deep.equal({ id: 'ls', rest: ['context'] });
    expect(findCommandWords(['context', 'ls', '-x'], known)).to.deep.equal({ id: 'context:ls', rest: ['-x'] });
    expect(findCommandWords(['context'], known)).to.equal(undefined);
  });

  it('repeats a create for one of its machines, without secrets', () => {
    const line = ['-s', '/store', 'create', '-d', 'x', '--x-secret-key', 'hidden', '--x-token=hidden', '--x-key', 'b', 'a', 'b', 'c'];
    expect(repeatableLine(line, ['a', 'b', 'c'], 'c')).to.deep.equal([
      '-s',
      '/store',
      'create',
      '-d',
      'x',
      '--x-secret-key',
      '...',
      '--x-token=...',
      '--x-key',
      'b',
      'c',
    ]);
    expect(repeatableLine(['create', '-d', 'none', 'one'], ['one'], 'one')).to.deep.equal(['create', '-d', 'none', 'one']);
  });

  it('reads the arguments of import', async () => {
    expect(parseRenames(['a=b', 'c=d'])).to.deep.equal({ a: 'b', c: 'd' });
    for (const word of ['a', '=b', 'a=', 'a=b=c'])
      expect((await failureOf(() => parseRenames([word]))).code, word).to.equal('FLAG_INVALID');
    expect(oneFile(['f'])).to.equal('f');
    for (const words of [[], ['a', 'b']]) expect((await failureOf(() => oneFile(words))).code).to.equal('USAGE');
  });

  it('shows the fix below each finding', () => {
    expect(
      findingsTable([
        { check: 'store', level: 'ok', message: 'good' },
        { check: 'engine', machine: 'm1', level: 'fault', message: 'gone\nfor good', fix: 'do this\nor that' },
      ]),
    ).to.equal(
      [
        'LEVEL   CHECK    MACHINE   FINDING',
        'ok      store    -         good',
        'FAULT   engine   m1        gone for good',
        '        fix: do this',
        '             or that',
        '',
        '1 fault, 0 warnings, 1 ok',
      ].join('\n'),
    );
  });
});
