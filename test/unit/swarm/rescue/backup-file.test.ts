import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { manifestName, seal, unseal } from '../../../../src/transfer/archive/archive.js';
import { backupEntries, checkState, readBackup, type BackupManifest } from '../../../../src/swarm/rescue/backup-file.js';
import { packTar } from '../../../../src/transfer/archive/tar.js';
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

  describe('holds a state', () => {
    const content = Buffer.from('x'.repeat(5000));
    const saved = async (name: string) => gzipSync(await packTar([{ path: name, content }], new Date(0)));

    it('that is a whole archive with what every engine in a swarm has', async () => {
      await checkState(await saved('./docker-state.json'), 'm1');
    });

    it('and no other: what a login prints before it, a part of it, a changed byte, another archive', async () => {
      const whole = await saved('./docker-state.json');
      const changed = Buffer.from(whole);
      changed[40] = (changed[40] ?? 0) ^ 1;
      const others = {
        printed: Buffer.concat([Buffer.from('Welcome\n'), whole]),
        part: whole.subarray(0, -10),
        changed,
        'not tar': gzipSync(content),
        empty: Buffer.alloc(0),
        other: await saved('./daemon.json'),
      };
      for (const [what, state] of Object.entries(others)) {
        const { code, message } = await failureOf(checkState(state, 'm1'));
        expect(code, what).to.equal('ARCHIVE_INVALID');
        expect(message, what).to.match(/^The swarm state from m1 is damaged: /);
      }
    });
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
