import { expect } from 'chai';

import { manifestName, seal, unseal } from '../../../../src/transfer/archive/archive.js';
import { backupEntries, readBackup, type BackupManifest } from '../../../../src/swarm/rescue/backup-file.js';
import { failureOf } from '../../../helpers/failure.js';

describe('the backup of a swarm', () => {
  const manifest: BackupManifest = {
    version: 1,
    kind: 'swarm-backup',
    writtenBy: 'tsmachine 1',
    takenAt: '2026-01-02T03:04:05.000Z',
    swarm: 'web',
    cluster: 'c1',
    machine: 'm1',
    node: 'n1',
    address: '192.0.2.1',
    engineVersion: '28.5.2',
    autolock: false,
    members: { m1: { role: 'manager', node: 'n1' } },
  };
  const state = Buffer.from('raft');
  const nobody = () => Promise.reject(new Error('must not ask'));

  it('is read as it was written, and asks for a passphrase only when it has one', async () => {
    const files = backupEntries(manifest, state, manifestName);
    expect(readBackup(await unseal(await seal(files, { modified: new Date(0) }), nobody), 'f')).to.deep.equal({ manifest, state });
    const sealed = await seal(files, { modified: new Date(0), passphrase: 'p', cost: { N: 2, r: 1, p: 1 } });
    expect(sealed.includes('192.0.2.1')).to.equal(false);
    expect(readBackup(await unseal(sealed, () => Promise.resolve('p')), 'f').state).to.deep.equal(state);
  });

  for (const [what, change] of Object.entries({
    'an export of machines': { kind: undefined },
    'one of a later version': { version: 2 },
    'one without an address': { address: undefined },
    'one with an unknown role': { members: { m1: { role: 'king' } } },
  })) {
    it(`is not ${what}`, async () => {
      const content = Buffer.from(JSON.stringify({ ...manifest, ...change }));
      const files = [
        { path: manifestName, content },
        { path: 'swarm.tar.gz', content: state },
      ];
      const error = await failureOf(() => readBackup(files, 'f.tsm'));
      expect(error).to.include({ code: 'ARCHIVE_INVALID' });
      expect(error.message).to.contain('f.tsm is not a backup of a swarm');
    });
  }
});
