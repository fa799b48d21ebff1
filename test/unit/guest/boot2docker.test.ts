import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { isoVersion } from '../../../src/guest/boot2docker/iso-version.js';
import { keyDisk } from '../../../src/guest/boot2docker/key-disk.js';
import { isoImage } from '../../../src/guest/iso/image.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

describe('the disk that asks boot2docker to format it', () => {
  const disk = keyDisk('ssh-ed25519 AAAA me');
  const path = join(scratch(), 'disk');
  writeFileSync(path, Buffer.concat([disk, Buffer.alloc(2 ** 20)]));
  const tar = (...args: string[]) => execFileSync('tar', ['-f', path, ...args], { encoding: 'utf8' });

  it('begins with the sentence, twice', () => {
    expect(disk.toString('latin1', 0, 29)).to.equal('boot2docker, please format-me');
    expect(disk.toString('latin1', 512, 541)).to.equal('boot2docker, please format-me');
  });

  it('is an archive with the key, whatever comes behind it', () => {
    const lines = tar('-tv', '--numeric-owner')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(lines.map(([mode, owner, size, , , ...name]) => [mode, owner, size, name.join(' ')])).to.deep.equal([
      ['-rw-r--r--', '0/0', '29', 'boot2docker, please format-me'],
      ['drwx------', '0/0', '0', '.ssh/'],
      ['-rw-r--r--', '0/0', '20', '.ssh/authorized_keys'],
      ['-rw-r--r--', '0/0', '20', '.ssh/authorized_keys2'],
    ]);
    expect(tar('-xO', '.ssh/authorized_keys')).to.equal('ssh-ed25519 AAAA me\n');
  });
});

describe('the version of a boot2docker ISO', () => {
  const iso = (label: string): string => {
    const path = join(scratch(), 'boot2docker.iso');
    writeFileSync(path, isoImage(label, [], new Date(0)));
    return path;
  };

  it('is in its label', async () => {
    expect(await isoVersion(iso('Boot2Docker-v19.03.12'))).to.equal('v19.03.12');
    expect(await isoVersion(iso('b2d-v17.04.0-ce-rc1'))).to.equal('v17.04.0-ce-rc1');
  });

  it('may be missing, or the whole ISO', async () => {
    expect(await isoVersion(iso('cidata'))).to.equal(undefined);
    expect(await failureOf(isoVersion('/nowhere.iso'))).to.include({ code: 'CONFIG_UNREADABLE' });
  });
});
