import { expect } from 'chai';

import { parsePlace } from '../../../src/copy/place.js';
import { failureOf } from '../../helpers/failure.js';

const on = (machine: string | undefined, path: string, user?: string) => ({ machine, user, path });

describe('[[user@]machine:]path', () => {
  const cases: [string, ReturnType<typeof on>][] = [
    ['m1:/a/b', on('m1', '/a/b')],
    ['m1:', on('m1', '.')],
    ['ann@m1:x', on('m1', 'x', 'ann')],
    ['ann@corp@m1:x', on('m1', 'x', 'ann@corp')],
    ['m1:/a:b', on('m1', '/a:b')],
    ['/a/b', on(undefined, '/a/b')],
    ['./a:b', on(undefined, './a:b')],
    ['dir/a:b', on(undefined, 'dir/a:b')],
    [':x', on(undefined, ':x')],
    ['localhost:/x', on(undefined, '/x')],
    ['ann@localhost:x', on(undefined, 'x')],
    ['C:\\Users', on(undefined, 'C:\\Users')],
    ['.\\a:b', on(undefined, '.\\a:b')],
    ['c:/x', on('c', '/x')],
  ];
  for (const [text, place] of cases) {
    it(`reads ${text}`, () => {
      expect(parsePlace(text, 'linux')).to.deep.equal(place);
    });
  }

  it('takes one letter for a drive on Windows', () => {
    for (const text of ['C:\\x', 'c:/x', 'c:x']) expect(parsePlace(text, 'win32')).to.deep.equal(on(undefined, text));
    expect(parsePlace('m1:/x', 'win32')).to.deep.equal(on('m1', '/x'));
    expect(parsePlace('ann@c:/x', 'win32')).to.deep.equal(on('c', '/x', 'ann'));
  });

  it('refuses a user that ssh would take for a flag, and no machine behind the user', async () => {
    for (const text of ['-oProxyCommand=x@m1:/a', 'a b@m1:/a', 'ann@:/x']) {
      expect((await failureOf(() => parsePlace(text, 'linux'))).code, text).to.equal('USAGE');
    }
  });
});
