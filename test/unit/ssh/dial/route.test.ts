import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseJump } from '../../../../src/base/ssh/jump-host.js';
import { configArguments, parseSettings } from '../../../../src/ssh/system/user-config.js';
import { TsmachineError } from '../../../../src/base/errors.js';

describe('a jump host', () => {
  it('is read as ssh reads it', () => {
    expect(parseJump('bastion')).to.deep.equal({ host: 'bastion' });
    expect(parseJump('ops@bastion:2222')).to.deep.equal({ user: 'ops', host: 'bastion', port: 2222 });
    expect(parseJump('[fe80::1]:22')).to.deep.equal({ host: 'fe80::1', port: 22 });
    expect(parseJump('ssh://ops@10.0.0.1')).to.deep.equal({ user: 'ops', host: '10.0.0.1' });
  });

  for (const text of ['', '@', 'a b', '-oProxyCommand=x', '-x@host', 'host:0', 'host:65536', 'host:x', 'a:b:c', 'host/path']) {
    it(`is refused: "${text}"`, () => {
      expect(() => parseJump(text))
        .to.throw(TsmachineError)
        .with.property('code', 'FLAG_INVALID');
    });
  }
});

describe('what ssh -G says', () => {
  const env = { HOME: '/h', KEYS: '/keys' };

  it('is taken over', () => {
    const settings = parseSettings(
      'box',
      'user bob\nhostname 10.0.0.1\nport 2222\nidentityfile ~/.ssh/a\nidentityfile ~/b c\nidentitiesonly yes\n' +
        'proxyjump a,ops@b:3\nidentityagent none\ncertificatefile ~/c-cert.pub\nuserknownhostsfile ~/.ssh/work hosts /x/%h\n' +
        'globalknownhostsfile none\nstricthostkeychecking true\naddressfamily inet6\n',
      env,
    );
    expect(settings).to.deep.equal({
      hostname: '10.0.0.1',
      user: 'bob',
      port: 2222,
      identityFiles: ['/h/.ssh/a', '/h/b c'],
      certificateFiles: ['/h/c-cert.pub'],
      identitiesOnly: true,
      identityAgent: 'none',
      proxyJump: ['a', 'ops@b:3'],
      proxyCommand: undefined,
      hostKeyAlias: undefined,
      knownHosts: ['/h/.ssh/work hosts', '/x/10.0.0.1'],
      strictHostKeys: 'yes',
      addressFamily: 6,
      bindAddress: undefined,
    });
  });

  it('may be next to nothing', () => {
    expect(parseSettings('box', 'proxyjump none\nproxycommand none\n', env)).to.include({
      hostname: 'box',
      proxyCommand: undefined,
      identitiesOnly: false,
      strictHostKeys: 'ask',
    });
  });

  it('has its tokens and variables replaced', () => {
    const files = ['%d/%h-%n-%p-%r', '${KEYS}/%%h', '~/%k', '%d/%x'].map((file) => `identityfile ${file}\n`).join('');
    const text = `user bob\nhostname 10.0.0.1\nport 2222\n${files}hostkeyalias other\nproxycommand nc %h %p\n`;
    const settings = parseSettings('box', text, env);
    expect(settings.identityFiles).to.deep.equal(['/h/10.0.0.1-box-2222-bob', '/keys/%h', '/h/other', '/h/%x']);
    expect(settings.proxyCommand).to.equal('nc 10.0.0.1 2222');
  });
});

describe('the configuration file', () => {
  it('is named only when HOME is not the home ssh would look into', async () => {
    const home = await mkdtemp(join(tmpdir(), 'tsmachine-home-'));
    try {
      await mkdir(join(home, '.ssh'));
      expect(configArguments({ HOME: home })).to.deep.equal(['-F', devNull]);
      await writeFile(join(home, '.ssh', 'config'), '');
      expect(configArguments({})).to.deep.equal([]);
      expect(configArguments({ HOME: home })).to.deep.equal(['-F', join(home, '.ssh', 'config')]);
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
