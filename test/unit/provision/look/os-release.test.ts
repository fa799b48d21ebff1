import { expect } from 'chai';

import { parseOsRelease } from '../../../../src/provision/look/os-release.js';

describe('os-release', () => {
  it('keeps values that contain an equals sign', () => {
    expect(parseOsRelease('ID=x\nPRETTY_NAME="a=b=c"').prettyName).to.equal('a=b=c');
  });

  it('strips either quote and understands escapes', () => {
    const os = parseOsRelease('ID=\'alpine\'\nPRETTY_NAME="My \\"own\\" \\$5"\nVERSION_ID=\'3.20\'');
    expect(os).to.include({ id: 'alpine', prettyName: 'My "own" $5', versionId: '3.20' });
  });

  it('takes comments, blank lines and carriage returns', () => {
    expect(parseOsRelease('# c\r\n\r\nID=debian\r\nID_LIKE="a  b"\r\n')).to.deep.include({ id: 'debian', idLike: ['a', 'b'] });
  });

  it('leaves optional values out where there are none', () => {
    expect(parseOsRelease('')).to.deep.equal({ id: '', idLike: [], versionId: '', prettyName: '' });
  });

  it('takes no time over a line of blanks', () => {
    const started = performance.now();
    expect(parseOsRelease(`ID=a${' '.repeat(200_000)}b\nNAME=c  \n`)).to.include({ prettyName: 'c' });
    expect(performance.now() - started).to.be.below(2000);
  });
});
