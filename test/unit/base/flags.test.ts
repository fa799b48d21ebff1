import { expect } from 'chai';

import { flagValues, pathsFrom, withOldDefaults } from '../../../src/base/flags.js';
import type { FlagSpec } from '../../../src/base/flags.js';

const specs: readonly FlagSpec[] = [
  { name: 'key', type: 'string', default: '', usage: '', file: true },
  { name: 'user', type: 'string', default: 'root', usage: '', env: 'X_USER' },
];

describe('flags as data', () => {
  it('begin relative names of files at the folder of the file they are written in, and nothing else', () => {
    expect(pathsFrom('/srv/prod', specs, { key: 'keys/id', user: 'keys/id' })).to.deep.equal({ key: '/srv/prod/keys/id', user: 'keys/id' });
    expect(pathsFrom('/srv/prod', specs, { key: '/etc/id' })).to.deep.equal({ key: '/etc/id' });
    expect(pathsFrom('/srv/prod', specs, { key: '' })).to.deep.equal({ key: '' });
  });

  it('are given, else of the environment, else their default', () => {
    expect(flagValues(specs, { user: 'ann' }, { X_USER: 'eve' })).to.deep.equal({ key: '', user: 'ann' });
    expect(flagValues(specs, {}, { X_USER: 'eve' })).to.deep.equal({ key: '', user: 'eve' });
    expect(flagValues(specs, {}, {})).to.deep.equal({ key: '', user: 'root' });
  });

  it("have Docker Machine's defaults where they differ, also those that are soft", () => {
    const all: readonly FlagSpec[] = [
      ...specs,
      { name: 'from', type: 'strings', default: ['here'], soft: true, oldDefault: ['all'], usage: '' },
    ];
    expect(flagValues(withOldDefaults(all), {}, {})).to.deep.equal({ key: '', user: 'root', from: ['all'] });
    expect(flagValues(withOldDefaults(all), { from: ['me'] }, {})).to.deep.equal({ key: '', user: 'root', from: ['me'] });
    expect(flagValues(all, {}, {})).to.deep.equal({ key: '', user: 'root', from: [] });
  });
});
