import { expect } from 'chai';

import { table } from '../../../../src/cli/output/table.js';

describe('cli: table', () => {
  it('pads columns by three spaces and leaves the last one unchanged', () => {
    expect(
      table([
        ['NAME', 'STATE', 'ERRORS'],
        ['m1', 'Running', ''],
        ['machine-2', '', 'broken'],
      ]),
    ).to.equal(['NAME        STATE     ERRORS', 'm1          Running   ', 'machine-2             broken'].join('\n'));
  });

  it('gives an empty column five spaces', () => {
    expect(table([['', 'x']])).to.equal('     x');
    expect(table([['a', 'x']])).to.equal('a    x');
    expect(table([['ab', 'x']])).to.equal('ab   x');
  });

  it('makes columns of rows that follow each other: the last cell of a row widens none, and a row without the column ends it', () => {
    expect(table([['a', 'b'], ['a much longer last cell'], ['wider', 'b', 'c'], ['x', 'y']])).to.equal(
      ['a    b', 'a much longer last cell', 'wider   b    c', 'x       y'].join('\n'),
    );
  });

  it('counts characters, not bytes or halves of them', () => {
    expect(
      table([
        ['é', 'x'],
        ['𝒳yz', 'x'],
      ]),
    ).to.equal('é     x\n𝒳yz   x');
  });
});
