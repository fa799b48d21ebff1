import { execFileSync } from 'node:child_process';

import { expect } from 'chai';

import { loginArguments } from '../../../../src/ssh/system/shared-login.js';

const endpoint = { host: '10.0.0.1', port: 2222, user: 'bob', keyPath: process.execPath };
const trust = { machine: 'm1', knownHostsFile: '/a store/known' };

describe("a login by the system's ssh that commands share", () => {
  const understood = (code?: string) =>
    new Map(
      execFileSync('ssh', ['-G', '-F', '/dev/null', ...loginArguments(endpoint, trust, '/tmp/100% x/s', code)], { encoding: 'utf8' })
        .split('\n')
        .map((text) => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1)]),
    );

  it('asks nobody, takes only the pinned key, forwards nothing and stays behind for its commands', () => {
    const settings = understood();
    const wanted = {
      batchmode: 'yes',
      stricthostkeychecking: 'true',
      hostkeyalias: 'm1',
      userknownhostsfile: '/a store/known',
      identitiesonly: 'yes',
      identityfile: process.execPath,
      clearallforwardings: 'yes',
      forwardagent: 'no',
      controlmaster: 'true',
      controlpath: '/tmp/100% x/s',
      controlpersist: '120',
      port: '2222',
      user: 'bob',
      serveraliveinterval: '5',
    };
    for (const [name, value] of Object.entries(wanted)) expect(settings.get(name), name).to.equal(value);
  });

  it('prefers AES where every processor has it, and leaves the choice to ssh elsewhere', () => {
    expect(understood('x64').get('ciphers')).to.match(/^aes128-gcm@openssh.com,.*chacha20/);
    expect(loginArguments(endpoint, trust, '/s', 'arm').join(' ')).to.not.include('Ciphers');
  });
});
