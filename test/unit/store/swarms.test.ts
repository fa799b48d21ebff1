import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { storePaths } from '../../../src/store/paths.js';
import { openSwarmStore, type SwarmRecord, type SwarmStore } from '../../../src/store/swarms.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const record: SwarmRecord = {
  version: 1,
  name: 'prod',
  first: 'm1',
  members: { m1: { role: 'manager', node: 'n1' }, w1: { role: 'worker', group: 'web' } },
};

describe('the swarms of a store', () => {
  let root: string;
  let swarms: SwarmStore;
  beforeEach(() => {
    root = scratch();
    swarms = openSwarmStore(storePaths(root));
  });

  it('are none in a new store', async () => {
    expect(await swarms.names()).to.deep.equal([]);
    expect(await swarms.find('prod')).to.equal(undefined);
    expect(await swarms.unlockKeys('prod')).to.deep.equal([]);
  });

  it('are kept for the user alone', async () => {
    await swarms.save(record);
    await swarms.keepUnlockKey('prod', 'SWMKEY-1');
    expect(await swarms.names()).to.deep.equal(['prod']);
    expect(await swarms.find('prod')).to.deep.equal(record);
    expect(statSync(join(root, 'swarms', 'prod')).mode & 0o777).to.equal(0o700);
    for (const file of ['swarm.json', 'unlock-keys.json'])
      expect(statSync(join(root, 'swarms', 'prod', file)).mode & 0o777, file).to.equal(0o600);
    expect(readFileSync(join(root, 'swarms', 'prod', 'swarm.json'), 'utf8')).not.to.contain('SWMKEY');
  });

  it('keep former unlock keys for managers that were down, newest first, and not for ever', async () => {
    for (const key of ['a', 'b', 'b', 'c', 'a', 'd', 'e', 'f']) await swarms.keepUnlockKey('prod', key);
    expect(await swarms.unlockKeys('prod')).to.deep.equal(['f', 'e', 'd', 'a', 'c']);
  });

  it('are forgotten with their keys, while backups stay', async () => {
    await swarms.save(record);
    await swarms.keepUnlockKey('prod', 'a');
    mkdirSync(swarms.backupsDir('prod'));
    await swarms.remove('prod');
    await swarms.remove('prod');
    expect(await swarms.names()).to.deep.equal([]);
    expect(await swarms.unlockKeys('prod')).to.deep.equal([]);
    expect(statSync(swarms.backupsDir('prod')).isDirectory()).to.equal(true);
  });

  it('leave no empty folder behind', async () => {
    await swarms.save(record);
    await swarms.remove('prod');
    expect(existsSync(join(root, 'swarms', 'prod'))).to.equal(false);
  });

  const broken: [string, string][] = [
    ['torn', '{"version": 1'],
    ['a list', '[]'],
    ['of a newer version', JSON.stringify({ ...record, version: 2 })],
    ['with a member that is nothing', JSON.stringify({ ...record, members: { m1: { role: 'king' } } })],
  ];
  for (const [what, text] of broken) {
    it(`refuse a record that is ${what}`, async () => {
      await swarms.save(record);
      writeFileSync(join(root, 'swarms', 'prod', 'swarm.json'), text);
      const { code, message } = await failureOf(swarms.find('prod'));
      expect(code).to.equal('CONFIG_UNREADABLE');
      expect(message).to.contain(join('swarms', 'prod', 'swarm.json'));
    });
  }

  it('have names that lead nowhere else', async () => {
    for (const name of ['..', 'a/b', '', '.hidden']) expect((await failureOf(() => swarms.find(name))).code, name).to.equal('NAME_INVALID');
  });
});
