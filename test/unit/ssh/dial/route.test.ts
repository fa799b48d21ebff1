import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseJump } from '../../../../src/ssh/dial/route.js';
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
  it('is taken over', () => {
    const settings = parseSettings(
      'box',
      'user bob\nhostname 10.0.0.1\nport 2222\nidentityfile ~/.ssh/a\nidentityfile ~/b c\nidentitiesonly yes\n' +
        'proxyjump a,ops@b:3\nidentityagent none\n',
    );
    expect(settings).to.deep.equal({
      hostname: '10.0.0.1',
      user: 'bob',
      port: 2222,
      identityFiles: ['~/.ssh/a', '~/b c'],
      identitiesOnly: true,
      identityAgent: 'none',
      proxyJump: ['a', 'ops@b:3'],
      proxyCommand: undefined,
      hostKeyAlias: undefined,
    });
  });

  it('may be next to nothing', () => {
    expect(parseSettings('box', 'proxyjump none\nproxycommand none\n')).to.include({
      hostname: 'box',
      proxyCommand: undefined,
      identitiesOnly: false,
    });
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
