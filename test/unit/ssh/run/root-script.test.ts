import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';

import { expect } from 'chai';

import { composeScript } from '../../../../src/ssh/run/root-script.js';

const shells = [['dash'], ['bash'], ['busybox', 'ash']].filter(
  ([program = '', ...args]) => spawnSync(program, [...args, '-c', ':']).status === 0,
);

describe('a script for root', () => {
  it('refuses names that are no variables', () => {
    for (const name of ['lower', 'A B', '1A', 'A;rm', 'A-B', ''])
      expect(() => composeScript('', { [name]: 'x' }), name).to.throw(RangeError);
  });

  it('is tested with at least one shell', () => {
    expect(shells).to.not.be.empty;
  });

  for (const [program = '', ...args] of shells) {
    describe(`in ${[program, ...args].join(' ')}`, () => {
      const run = (template: string, variables: Record<string, string> = {}) =>
        spawnSync(program, [...args, '-s'], { input: composeScript(template, variables), encoding: 'utf8' });

      it('has its variables as they were, key files included', () => {
        const { privateKey } = generateKeyPairSync('rsa', {
          modulusLength: 2048,
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
          publicKeyEncoding: { type: 'spki', format: 'pem' },
        });
        const nasty = ' $HOME `id` \'"\\n\n%s & ; ';
        const { stdout } = run('printf "%s\\0" "$KEY" "$NASTY" "$EMPTY"', { KEY: privateKey.repeat(5), NASTY: nasty, EMPTY: '' });
        expect(stdout.split('\0')).to.deep.equal([privateKey.repeat(5), nasty, '', '']);
      });

      it('is not eaten by a program that reads its input', () => {
        const { stdout, status } = run('cat; readlink /proc/self/fd/0\nread -r line || echo nothing\necho end');
        expect({ stdout, status }).to.deep.equal({ stdout: '/dev/null\nnothing\nend\n', status: 0 });
      });

      it('ends with its own exit status, early or late', () => {
        expect(run('if true; then exit 42; fi; echo late').status).to.equal(42);
        expect(run('false').status).to.equal(1);
        expect(run('set -e\nfalse\necho late').stdout).to.equal('');
      });

      it('keeps here-documents, functions and Windows line ends working', () => {
        expect(run('say() { echo "$1"; }\r\nsay a\r\ncat <<EOF\r\nb\r\nEOF\r\n').stdout).to.equal('a\nb\n');
      });

      it('finds the programs of the sbin folders', () => {
        expect(run('echo "$PATH"').stdout).to.match(/:\/usr\/sbin:/);
      });
    });
  }

  it('never stands in an argument list', () => {
    // what ps shows of the shell that runs it
    const script = composeScript('tr "\\0" " " < /proc/$$/cmdline', { SECRET: 'shh' });
    expect(execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' }).trim()).to.equal('sh -s');
  });
});
