import { expect } from 'chai';

import { bestSurvivor, canComeBack } from '../../../../src/swarm/rescue/survivor.js';

describe('the remaining managers', () => {
  const state = (name: string, index: number, used: number, changed = 0) => ({ name, index, used, changed });

  it('go on with the one whose log is longest', () => {
    expect(bestSurvivor([state('a', 0, 900), state('b', 0, 1000), state('c', 0, 10)])?.name).to.equal('b');
  });

  it('prefer a newer segment of the log, then a fuller one, then a later change', () => {
    expect(bestSurvivor([state('a', 100, 5), state('b', 0, 1000, 9)])?.name).to.equal('a');
    expect(bestSurvivor([state('a', 1, 5, 1), state('b', 1, 5, 2)])?.name).to.equal('b');
  });

  it('have no best one when there is none', () => {
    expect(bestSurvivor([])).to.equal(undefined);
  });

  const remaining = (total: number, running: string[], off: string[], locked: string[] = []) => ({ total, running, off, locked });
  for (const { what, is, back } of [
    { what: 'two of three are off', is: remaining(3, ['a'], ['b', 'c']), back: true },
    { what: 'one is off and one destroyed', is: remaining(3, ['a'], ['b']), back: true },
    { what: 'two of three are destroyed', is: remaining(3, ['a'], []), back: false },
    { what: 'three of five are destroyed', is: remaining(5, ['a'], ['b']), back: false },
    { what: 'the remaining two are locked', is: remaining(3, [], [], ['a', 'b']), back: true },
    { what: 'too few are locked', is: remaining(5, [], [], ['a', 'b']), back: false },
  ]) {
    it(`${back ? 'bring' : 'do not bring'} the quorum back when ${what}`, () => {
      expect(canComeBack(is)).to.equal(back);
    });
  }
});
