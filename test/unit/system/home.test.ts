import { expect } from 'chai';

import { defaultStorePath, homeDir } from '../../../src/system/home.js';
import { failureOf } from '../../helpers/failure.js';

describe('homeDir', () => {
  it('is HOME, on Windows the profile', () => {
    expect(homeDir({ HOME: '/home/ann' }, 'linux')).to.equal('/home/ann');
    expect(homeDir({ HOME: '/Users/ann' }, 'darwin')).to.equal('/Users/ann');
    expect(homeDir({ USERPROFILE: 'C:\\Users\\ann', HOME: '/c/Users/ann' }, 'win32')).to.equal('C:\\Users\\ann');
    expect(homeDir({ HOMEDRIVE: 'D:', HOMEPATH: '\\ann' }, 'win32')).to.equal('D:\\ann');
  });

  it('names the variable that is missing', async () => {
    for (const [env, platform, variable] of [
      [{}, 'linux', 'HOME'],
      [{ HOME: '' }, 'darwin', 'HOME'],
      [{ HOMEPATH: '\\ann' }, 'win32', 'USERPROFILE'],
    ] as const) {
      const error = await failureOf(() => homeDir(env, platform));
      expect(error.code).to.equal('HOME_MISSING');
      expect(error.message).to.contain(` ${variable} is not set`);
      expect(error.hint).to.contain('--storage-path');
    }
  });
});

describe('defaultStorePath', () => {
  it("is Docker Machine's folder", () => {
    expect(defaultStorePath({ HOME: '/home/ann' }, 'linux')).to.equal('/home/ann/.docker/machine');
    expect(defaultStorePath({ USERPROFILE: 'C:\\Users\\ann' }, 'win32')).to.equal('C:\\Users\\ann\\.docker\\machine');
  });

  it('is MACHINE_STORAGE_PATH, also without a home, and always absolute', () => {
    expect(defaultStorePath({ MACHINE_STORAGE_PATH: '/srv/machines' }, 'linux')).to.equal('/srv/machines');
    expect(defaultStorePath({ MACHINE_STORAGE_PATH: 'D:\\machines' }, 'win32')).to.equal('D:\\machines');
    expect(defaultStorePath({ MACHINE_STORAGE_PATH: 'here' }, 'linux')).to.equal(`${process.cwd()}/here`);
    expect(defaultStorePath({ MACHINE_STORAGE_PATH: '', HOME: '/h' }, 'linux')).to.equal('/h/.docker/machine');
  });
});
