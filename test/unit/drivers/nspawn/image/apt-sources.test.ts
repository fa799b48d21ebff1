import { expect } from 'chai';

import { chooseMirror, debianCodename, parseAptSources } from '../../../../../drivers/nspawn/image/apt-sources.js';

const bookworm = 'ID=debian\nVERSION_CODENAME=bookworm\n';
const oneLine = {
  path: '/etc/apt/sources.list',
  text: `# a comment
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # why
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-backports main
deb http://safe.example/security bookworm-security main
deb https://other.example/apt stable main
`,
};
const deb822 = {
  path: '/etc/apt/sources.list.d/debian.sources',
  text: `Types: deb deb-src
# between
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /k.gpg

Types: deb
URIs: http://safe.example/security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example
Suites: bookworm
Components: main

Types: deb-src
URIs: http://src.example
Suites: bookworm
Components: main
`,
};

describe('nspawn package mirror', () => {
  it('reads the one-line format', () => {
    expect(parseAptSources([oneLine]).map(({ uri, suite }) => `${uri} ${suite}`)).to.deep.equal([
      'http://mirror.example/debian bookworm',
      'http://mirror.example/debian bookworm-backports',
      'http://safe.example/security bookworm-security',
      'https://other.example/apt stable',
    ]);
    expect(parseAptSources([oneLine])[0]?.components).to.deep.equal(['main', 'contrib']);
  });

  it('reads deb822', () => {
    expect(parseAptSources([deb822])).to.deep.equal([
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'contrib'] },
      { uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main', 'contrib'] },
      { uri: 'http://safe.example/security', suite: 'bookworm-security', components: ['main'] },
    ]);
  });

  for (const [format, file] of [
    ['one-line', oneLine],
    ['deb822', deb822],
  ] as const) {
    it(`uses the computer's own mirror for another release (${format})`, () => {
      const { mirror, sources } = chooseMirror('trixie', '', { osRelease: bookworm, files: [file] });
      expect(mirror).to.equal('http://mirror.example/debian');
      expect(sources).to.include('URIs: http://safe.example/security\nSuites: trixie-security\nComponents: main');
      expect(sources).not.to.include('bookworm').and.not.to.include('backports');
    });
  }

  it('knows that sid has no security or updates', () => {
    const { sources } = chooseMirror('sid', '', { osRelease: bookworm, files: [deb822] });
    expect(sources.match(/^Suites:.*/gm)).to.deep.equal(['Suites: sid']);
  });

  it('prefers the given mirror and asks nobody else', () => {
    const { mirror, sources } = chooseMirror('trixie', 'http://mine.example/debian', { osRelease: bookworm, files: [deb822] });
    expect(mirror).to.equal('http://mine.example/debian');
    expect(sources.match(/^URIs:.*/gm)).to.deep.equal(['URIs: http://mine.example/debian']);
  });

  it('leaves the choice to debootstrap on a computer that is not Debian', () => {
    const choice = chooseMirror('trixie', '', {
      osRelease: 'ID=ubuntu\nVERSION_CODENAME=noble\n',
      files: [{ path: 'a.list', text: 'deb http://u.example noble main' }],
    });
    expect(choice).to.deep.equal({ mirror: undefined, sources: '' });
  });

  it('takes a Debian without codename for sid', () => {
    expect(debianCodename('ID=debian\n')).to.equal('sid');
    expect(debianCodename('ID="debian"\nVERSION_CODENAME="trixie"')).to.equal('trixie');
  });
});
