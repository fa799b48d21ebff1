import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { needsUnified, systemdVersion } from '../../../../../drivers/nspawn/boot/guest.js';

describe('nspawn guest', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'guest-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  for (const [path, version, unified] of [
    ['usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so', 257, false],
    ['usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-258.so', 258, true],
    ['usr/lib64/systemd/libsystemd-shared-259.3-1.fc43.so', 259, true],
    ['usr/lib/systemd/libsystemd-shared-252.so', 252, false],
    ['usr/lib/systemd/systemd', undefined, false],
  ] as const) {
    it(`knows by ${path} which control groups it boots under`, async () => {
      await mkdir(join(root, dirname(path)), { recursive: true });
      await writeFile(join(root, path), '');
      expect(await systemdVersion(root)).to.equal(version);
      expect(await needsUnified(root)).to.equal(unified);
    });
  }
});
