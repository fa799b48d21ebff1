import { readFile } from 'node:fs/promises';

import { expect } from 'chai';

import { errorText, whyUnusable } from '../../../src/base/errors.js';
import { reasonOf } from '../../helpers/failure.js';

describe('what is told of a failed file call', () => {
  it('is the path and the reason, in words', async () => {
    const missing = await reasonOf(readFile('/nowhere/at/all'));
    expect(errorText(missing)).to.equal('/nowhere/at/all: there is no such file');
    expect(whyUnusable(missing)).to.equal('there is no such file');
  });

  it('is what the system says where there are no words for it', () => {
    const strange = Object.assign(new Error('EXDEV: cross-device link'), { code: 'EXDEV', syscall: 'rename', path: '/a' });
    expect(errorText(strange)).to.equal('EXDEV: cross-device link');
    expect(whyUnusable(strange)).to.equal('EXDEV: cross-device link');
    expect(errorText('only a text')).to.equal('only a text');
  });

  it('does not speak of files when a program is missing', () => {
    const missing = Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT', syscall: 'spawn ssh', path: 'ssh' });
    expect(errorText(missing)).to.equal('spawn ssh ENOENT');
  });
});
