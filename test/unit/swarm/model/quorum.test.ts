import { expect } from 'chai';

import { hasQuorum, inNumbers, quorumOf, withOneDown, withoutOne } from '../../../../src/swarm/model/quorum.js';

describe('quorum', () => {
  it('is more than half of the managers', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(quorumOf)).to.deep.equal([1, 2, 2, 3, 3, 4, 4]);
  });

  const cases: [what: string, before: [total: number, reachable: number], step: 'demote' | 'demote a lost one' | 'stop', holds: boolean][] =
    [
      ['three to two', [3, 3], 'demote', true],
      ['two to one', [2, 2], 'demote', true],
      ['three of which one is lost: the lost one goes', [3, 2], 'demote a lost one', true],
      ['three of which one is lost: a good one goes', [3, 2], 'demote', false],
      ['the last', [1, 1], 'demote', false],
      ['one of three restarts', [3, 3], 'stop', true],
      ['one of two restarts', [2, 2], 'stop', false],
      ['one of three restarts while another is lost', [3, 2], 'stop', false],
    ];
  for (const [what, [total, reachable], step, holds] of cases) {
    it(`${what}: ${holds ? 'is kept' : 'would be lost'}`, () => {
      const before = { total, reachable };
      const after = step === 'stop' ? withOneDown(before) : withoutOne(before, step === 'demote');
      expect(hasQuorum(after), inNumbers(after)).to.equal(holds);
    });
  }

  it('is told in numbers', () => {
    expect(inNumbers({ total: 3, reachable: 1 })).to.equal('1 of 3 managers reachable, 2 needed');
  });
});
