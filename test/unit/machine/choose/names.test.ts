import { expect } from 'chai';

import { validateName } from '../../../../src/machine/choose/names.js';

describe('machine names', () => {
  for (const name of ['a', 'manager1', 'A.b-c', '0', 'a.b.c1', 'x'.repeat(63)]) {
    it(`takes ${name.slice(0, 12)}`, () => {
      expect(() => {
        validateName(name);
      }).not.to.throw();
    });
  }
  for (const name of [
    '',
    '.',
    '..',
    '-x',
    'a_b',
    'a b',
    'a/b',
    '../x',
    'größe',
    '名',
    'a\n',
    'a..b',
    'host.',
    'host-',
    'a.-b',
    'a-.b',
    'x'.repeat(64),
    'x'.repeat(70),
    'x'.repeat(300),
  ]) {
    it(`refuses ${JSON.stringify(name.slice(0, 12))}`, () => {
      expect(() => {
        validateName(name);
      })
        .to.throw()
        .with.property('code', 'NAME_INVALID');
    });
  }
});
