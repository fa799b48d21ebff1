import { fork } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';

import { ensureAuthority } from '../../../src/certs/authority.js';
import { temporaryFolder, recordingIo, type Folder } from '../../unit/certs/temporary.js';

describe('certificates after kill -9', function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** Runs it as a process that kills itself after that many changes on the disk; tells whether it was killed. */
  async function interrupted(operation: 'ensure' | 'renew', changes: number): Promise<boolean> {
    const { ca, caKey, cert, key } = folder.files;
    const child = fork(join(import.meta.dirname, 'ensure.ts'), [operation, ca, caKey, cert, key], {
      execArgv: ['--require', join(import.meta.dirname, 'die-at-write.cjs'), '--import', 'tsx'],
      env: { ...process.env, DIE_AFTER: String(changes) },
    });
    const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (signal === null) expect(status).to.equal(0);
    return signal === 'SIGKILL';
  }

  async function expectWhole(): Promise<void> {
    await ensureAuthority(folder.files, { io: recordingIo(), user: 'ann' });
    const { ca, caKey, cert, key } = folder.files;
    const [authority, client] = [new X509Certificate(await readFile(ca)), new X509Certificate(await readFile(cert))];
    expect(authority.checkPrivateKey(createPrivateKey(await readFile(caKey)))).to.equal(true);
    expect(client.checkPrivateKey(createPrivateKey(await readFile(key)))).to.equal(true);
    expect(client.verify(authority.publicKey)).to.equal(true);
  }

  it('of their making are completed by the next run, wherever it was', async () => {
    let kills = 0;
    for (;;) {
      const killed = await interrupted('ensure', kills + 1);
      await expectWhole();
      if (!killed) break;
      kills += 1;
      await folder.remove();
      folder = await temporaryFolder();
    }
    expect(kills, 'two keys, two certificates and the removal before the client pair').to.equal(5);
    expect((await readdir(folder.dir)).sort()).to.deep.equal(['ca-key.pem', 'ca.pem', 'cert.pem', 'key.pem']);
  });

  it('of their renewal are completed by the next run, and the CA stays', async () => {
    await ensureAuthority(folder.files, { io: recordingIo(), user: 'ann' });
    const ca = await readFile(folder.files.ca, 'utf8');
    let kills = 0;
    while (await interrupted('renew', kills + 1)) {
      kills += 1;
      await expectWhole();
      expect(await readFile(folder.files.ca, 'utf8')).to.equal(ca);
    }
    expect(kills, 'removal, key and certificate').to.equal(3);
  });
});
