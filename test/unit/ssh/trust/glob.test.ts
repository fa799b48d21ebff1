import { expect } from 'chai';

import { fitsGlob } from '../../../../src/ssh/trust/glob.js';

describe('a pattern of stars and question marks', () => {
  const cases: [string, string, boolean][] = [
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['a', 'a', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*.example.org', 'x.example.org', true],
    ['*.example.org', '.example.orgx', false],
    ['*a*b', 'xaxbxab', true],
    ['a*b*c', 'abbcbd', false],
    ['**x**', 'x', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ];
  for (const [pattern, text, fits] of cases) {
    it(`"${pattern}" ${fits ? 'fits' : 'does not fit'} "${text}"`, () => {
      expect(fitsGlob(pattern, text)).to.equal(fits);
    });
  }

  it('takes no longer for many stars', () => {
    const started = performance.now();
    expect(fitsGlob(`${'*a'.repeat(500)}*b`, 'a'.repeat(1000))).to.equal(false);
    expect(performance.now() - started).to.be.lessThan(500);
  });
});
