import { execFileSync } from 'node:child_process';

import { expect } from 'chai';

import type { SshEndpoint } from '../../../../src/base/shell.js';
import { sshArguments } from '../../../../src/ssh/system/system-client.js';

const endpoint = { host: '10.0.0.1', port: 2222, user: 'bob' };
const options = { machine: 'm1', knownHostsFile: '/a store/known 100%' };

describe("the system's ssh", () => {
  it("is called with the pinned key, the machine's name for it, and only the machine's key", () => {
    const args = sshArguments({ ...endpoint, keyPath: '/k' }, options);
    expect(args).to.include.members(['UserKnownHostsFile="/a store/known 100%%"', 'StrictHostKeyChecking=yes', 'HostKeyAlias=m1']);
    expect(args.slice(args.indexOf('bob@10.0.0.1'))).to.deep.equal(['bob@10.0.0.1', '-o', 'IdentitiesOnly=yes', '-i', '/k', '-p', '2222']);
    expect(args).to.not.include('-F');
  });

  it('never takes a new key by itself', () => {
    expect(sshArguments(endpoint, { ...options, unknownHostKey: 'trust' })).to.include('StrictHostKeyChecking=yes');
  });

  const hostile: [string, Partial<SshEndpoint>][] = [
    ['user', { user: '-oProxyCommand=touch /tmp/x;#' }],
    ['user', { user: '$(touch x)' }],
    ['user', { user: '' }],
    ['host', { host: '-oProxyCommand=x' }],
    ['host', { host: 'a;b' }],
    ['port', { port: 0 }],
    ['port', { port: 1.5 }],
    ['key', { keyPath: '-oProxyCommand=x' }],
    ['key', { keyPath: 'a" "b' }],
    ['jump host', { jump: ['gate', '-oProxyCommand=x'] }],
    ['jump host', { jump: ['`id`@gate'] }],
  ];
  for (const [what, part] of hostile) {
    it(`is not started for a ${what} such as ${JSON.stringify(Object.values(part)[0])}`, () => {
      expect(() => sshArguments({ ...endpoint, ...part }, options))
        .to.throw(`"m1" cannot be reached over SSH: its ${what} is `)
        .with.property('code', 'CONFIG_UNREADABLE');
    });
  }

  it('leaves the keys to ssh when none is named', () => {
    expect(sshArguments(endpoint, options)).to.not.include.members(['-i']);
    expect(sshArguments(endpoint, options)).to.not.include('IdentitiesOnly=yes');
  });

  it('understands what it is told, jump hosts in a row included', () => {
    const args = sshArguments({ ...endpoint, keyPath: '/a key/50%', jump: ['one', 'ops@two:23'] }, options);
    const settings = new Map(
      execFileSync('ssh', ['-G', '-F', '/dev/null', ...args], { encoding: 'utf8' })
        .split('\n')
        .map((line) => {
          const space = line.indexOf(' ');
          return [line.slice(0, space), line.slice(space + 1)];
        }),
    );
    expect(settings.get('hostkeyalias')).to.equal('m1');
    expect(settings.get('hostname')).to.equal('10.0.0.1');
    const outer = settings.get('proxycommand') ?? '';
    // what ssh makes of the percent signs, then what the shell and the second ssh get
    const words = execFileSync(
      'sh',
      ['-c', `printf '%s\\n' ${outer.replace(/%(.)/g, (_, letter: string) => ({ h: '10.0.0.1', p: '2222' })[letter] ?? letter)}`],
      { encoding: 'utf8' },
    ).split('\n');
    expect(words).to.include.members(['ssh', '-W', 'two', 'ops', '23']);
    expect(words.find((word) => word.startsWith('UserKnownHostsFile='))).to.equal(
      'UserKnownHostsFile="/a store/known 100%%" "~/.ssh/known_hosts"',
    );
    expect(words).to.include('IdentityFile="/a key/50%%"');
    expect(words.find((word) => word.startsWith('ProxyCommand='))).to.include("-W '[%h]:%p' one");
  });
});
