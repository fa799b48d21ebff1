import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';

function isInstalled(program: string): boolean {
  return ['/usr/local/bin', '/usr/bin', '/bin'].some((folder) => existsSync(join(folder, program)));
}

describe('copying to real machines and back', () => {
  let lab: Lab;
  let store: string;
  const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    await succeed(['create', '-d', 'nspawn', 'a', 'b'], { store });
  });
  after(async () => {
    await tsmachine(['rm', '-f', 'a', 'b'], { store });
    await lab.close();
  });

  it('keeps a big file whole, from here to one machine, on to the other, and back', async () => {
    const file = join(lab.dir, 'big file');
    const data = randomBytes(32 * 2 ** 20);
    await writeFile(file, data, { mode: 0o640 });
    await succeed(['scp', '-q', file, 'a:/root/one'], { store });
    expect((await succeed(['ssh', 'a', 'sha256sum /root/one; stat -c %a /root/one'], { store })).stdout).to.equal(
      `${digest(data)}  /root/one\n640\n`,
    );
    await succeed(['scp', '-q', 'a:/root/one', 'b:/root/two'], { store });
    await succeed(['scp', '-q', 'b:/root/two', `${file}.back`], { store });
    expect(digest(await readFile(`${file}.back`))).to.equal(digest(data));
  });

  it('keeps a folder with its modes, links and names', async () => {
    const folder = join(lab.dir, 'folder');
    await mkdir(join(folder, 'inner dir'), { recursive: true });
    await writeFile(join(folder, 'inner dir', "it's $HOME\nnew"), 'x');
    await writeFile(join(folder, 'run'), '#!/bin/sh\n');
    await chmod(join(folder, 'run'), 0o755);
    await symlink('run', join(folder, 'link'));
    await succeed(['scp', '-r', '-q', folder, 'a:/root/'], { store });
    await succeed(['scp', '-r', '-q', 'a:/root/folder', join(lab.dir, 'back')], { store });
    const back = join(lab.dir, 'back');
    expect((await readdir(back)).sort()).to.deep.equal(['inner dir', 'link', 'run']);
    expect(await readdir(join(back, 'inner dir'))).to.deep.equal(["it's $HOME\nnew"]);
    expect((await stat(join(back, 'run'))).mode & 0o777).to.equal(0o755);
  });

  it('sends with -d only what differs, by rsync', async function () {
    if (!isInstalled('rsync')) skip(this, 'rsync is not installed');
    const install =
      'command -v rsync || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends rsync; }';
    await succeed(['ssh', 'a', install], { store });
    const folder = join(lab.dir, "delta it's");
    await mkdir(folder);
    await writeFile(join(folder, 'one'), randomBytes(2 ** 20), { mode: 0o640 });
    await succeed(['scp', '-d', '-q', '-r', folder, 'a:/root/'], { store });
    await writeFile(join(folder, 'two'), 'two');
    const { stdout } = await succeed(['scp', '-d', '-r', folder, 'a:/root/'], { store });
    expect(stdout).to.match(/two\n/).and.not.match(/one\n/);
    await succeed(['scp', '-d', '-q', '-r', "a:/root/delta it's", join(lab.dir, 'delta')], { store });
    const back = join(lab.dir, 'delta', "delta it's");
    expect(digest(await readFile(join(back, 'one')))).to.equal(digest(await readFile(join(folder, 'one'))));
    expect([(await stat(join(back, 'one'))).mode & 0o777, await readFile(join(back, 'two'), 'utf8')]).to.deep.equal([0o640, 'two']);
    expect(await tsmachine(['scp', '-d', '-q', 'a:/root/nothing', lab.dir], { store })).to.include({ code: 23 });
  });

  it('mounts a folder and unmounts it, by sshfs', async function () {
    for (const program of ['sshfs', 'fusermount']) if (!isInstalled(program)) skip(this, `${program} is not installed`);
    if (!existsSync('/dev/fuse')) skip(this, 'this kernel has no /dev/fuse');
    const point = join(lab.dir, 'mount point');
    await mkdir(point);
    await succeed(['ssh', 'a', 'mkdir -p /srv/shared && echo over there >/srv/shared/text'], { store });
    await succeed(['mount', 'a:/srv/shared', point], { store });
    try {
      expect(await readFile(join(point, 'text'), 'utf8')).to.equal('over there\n');
      await writeFile(join(point, 'new'), 'from here');
    } finally {
      await succeed(['mount', '-u', 'a:/srv/shared', point], { store });
    }
    expect(await readdir(point)).to.deep.equal([]);
    expect((await succeed(['ssh', 'a', 'cat /srv/shared/new'], { store })).stdout).to.equal('from here');
  });

  it('refuses a folder without -r, and a machine that is stopped', async () => {
    expect(await tsmachine(['scp', lab.dir, 'a:/root/'], { store })).to.include({ code: 1 });
    await succeed(['stop', 'b'], { store });
    const { code, stderr } = await tsmachine(['scp', '-q', '/etc/hostname', 'b:/root/'], { store });
    expect(code).to.equal(1);
    expect(stderr).to.match(/not running/);
  });
});
