import { expect } from 'chai';

import { filesBelow, textOf } from '../architecture/sources.js';

interface Package {
  readonly repository: string;
  readonly bugs: string;
  readonly homepage: string;
}

const { repository, bugs, homepage } = JSON.parse(textOf('package.json')) as Package;

/** `github:OWNER/NAME`, the one place where the address is set. */
const [, address = ''] = /^github:([\w.-]+\/[\w.-]+)$/.exec(repository) ?? [];
const url = `https://github.com/${address}`;

describe('the address of the repository', () => {
  it('stands in package.json as github:OWNER/NAME', () => {
    expect(address).to.match(/\//);
  });

  it('decides where bugs are reported and where the documentation is', () => {
    expect({ bugs, homepage }).to.deep.equal({ bugs: `${url}/issues`, homepage: `${url}#readme` });
  });

  it('is the only one of a repository of this name', () => {
    const [, name = ''] = address.split('/');
    const pattern = new RegExp(`https://github\\.com/[\\w.-]+/${name}(?![\\w-])`, 'g');
    const files = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...filesBelow('docs'), ...filesBelow('.github')];
    const others = files.flatMap((file) =>
      (textOf(file).match(pattern) ?? []).filter((found) => found !== url).map((found) => `${file}: ${found}`),
    );
    expect(others).to.deep.equal([]);
  });
});
