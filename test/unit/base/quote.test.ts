import { execFileSync } from 'node:child_process';

import { expect } from 'chai';

import { quote } from '../../../src/base/quote.js';

describe('quote', () => {
  it('leaves plain words as they are', () => {
    expect(quote('apt-get', 'install', 'docker.io=20.10', '/etc/x')).to.equal("apt-get install 'docker.io=20.10' /etc/x");
  });

  it('gives every word back unchanged through a real shell', () => {
    const words = ['', ' ', "'", "''", '"', '\\', "\\'", '$HOME', '`id`', '\n', '*', '~', '-e', 'é', '!x', '#', ';', '|', '<', 'a=b', '\t'];
    const output = execFileSync('sh', ['-c', `for w in ${quote(...words)}; do printf '%s\\0' "$w"; done`], { encoding: 'utf8' });
    expect(output.split('\0').slice(0, -1)).to.deep.equal(words);
  });

  it('refuses what no argument can hold', () => {
    expect(() => quote('a\0b')).to.throw(RangeError);
  });
});
