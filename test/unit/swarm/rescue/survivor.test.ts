import { expect } from 'chai';

import { bestSurvivor, canComeBack } from '../../../../src/swarm/rescue/survivor.js';

describe('the managers that are left', () => {
  const state = (name: string, index: number, used: number, changed = 0) => ({ name, index, used, changed });

  it('go on with the one whose log is furthest', () => {
    expect(bestSurvivor([state('a', 0, 900), state('b', 0, 1000), state('c', 0, 10)])?.name).to.equal('b');
  });

  it('count a newer segment of the log more than a fuller one, and the time least', () => {
    expect(bestSurvivor([state('a', 100, 5), state('b', 0, 1000, 9)])?.name).to.equal('a');
    expect(bestSurvivor([state('a', 1, 5, 1), state('b', 1, 5, 2)])?.name).to.equal('b');
  });

  it('are not needed where there is none', () => {
    expect(bestSurvivor([])).to.equal(undefined);
  });

  const left = (total: number, running: string[], off: string[], locked: string[] = []) => ({ total, running, off, locked });
  for (const { what, is, back } of [
    { what: 'two of three are off', is: left(3, ['a'], ['b', 'c']), back: true },
    { what: 'one is off and one destroyed', is: left(3, ['a'], ['b']), back: true },
    { what: 'two of three are destroyed', is: left(3, ['a'], []), back: false },
    { what: 'three of five are destroyed', is: left(5, ['a'], ['b']), back: false },
    { what: 'those that are there are locked', is: left(3, [], [], ['a', 'b']), back: true },
    { what: 'too few are locked', is: left(5, [], [], ['a', 'b']), back: false },
  ]) {
    it(`${back ? 'would have their quorum back' : 'would not'} when started where ${what}`, () => {
      expect(canComeBack(is)).to.equal(back);
    });
  }
});
