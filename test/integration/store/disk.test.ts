import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { run } from '../../../src/system/processes/exec.js';
import { scratch } from '../../helpers/scratch.js';

const source = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
const fixture = fileURLToPath(new URL('../../fixtures/docker-machine-store', import.meta.url));

/** Why a small disk of our own cannot be mounted; undefined when it can. */
function noMounts(): string | undefined {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'mounting a disk in a private namespace needs root and unshare';
  }
}

/** Runs `code` in a process that alone sees a disk of `size` KiB at `disk`; it prints one JSON value. */
async function onDisk(disk: string, size: number, prepare: string, code: string): Promise<unknown> {
  const script = `
    const { openStore } = await import(${source('store/store.ts')});
    const { writeAtomic } = await import(${source('system/files/atomic.ts')});
    const { withLock } = await import(${source('system/locks/lock.ts')});
    const fs = await import('node:fs');
    const disk = ${JSON.stringify(disk)};
    const codeOf = (work) => work.then(() => 'success', (error) => error.code + ': ' + error.message);
    ${code}`;
  const shell = 'mount -t tmpfs -o "size=$2k" none "$1" && eval "$3" && shift 3 && exec "$@"';
  const { stdout } = await run('unshare', [
    '-m',
    'sh',
    '-c',
    shell,
    'sh',
    disk,
    String(size),
    prepare,
    process.execPath,
    '--import=tsx',
    '--input-type=module',
    '-e',
    script,
  ]);
  return JSON.parse(stdout);
}

describe('the store on a disk that gives no room', () => {
  const reason = noMounts();
  before(function () {
    if (reason === undefined) return;
    console.log(`    skipped: ${reason}`);
    this.skip();
  });

  it('keeps the old file when the disk fills in the middle of a write', async () => {
    const disk = scratch();
    const result = await onDisk(
      disk,
      64,
      'true',
      `
      await writeAtomic(disk + '/config.json', 'old', 0o600);
      fs.writeFileSync(disk + '/filler', Buffer.alloc(40 * 1024));
      const full = await codeOf(writeAtomic(disk + '/config.json', 'n'.repeat(30 * 1024), 0o600));
      const content = fs.readFileSync(disk + '/config.json', 'utf8').slice(0, 10);
      console.log(JSON.stringify({ full, content, files: fs.readdirSync(disk) }));`,
    );
    expect(result).to.deep.equal({
      full: `STORE_FULL: Cannot write ${disk}/config.json: the disk is full`,
      content: 'old',
      files: ['config.json', 'filler'],
    });
  });

  it('says so for machines, locks and folders, and still reads and removes', async () => {
    const disk = scratch();
    const result = await onDisk(
      disk,
      64,
      `cp -r ${fixture}/machines ${disk}/`,
      `
      const store = openStore(disk);
      const machine = await store.load('one');
      fs.writeFileSync(disk + '/filler', '');
      try { for (;;) fs.appendFileSync(disk + '/filler', Buffer.alloc(4096)); } catch {}
      const saved = await codeOf(store.save(machine));
      const facts = await codeOf(store.writeFacts('one', { a: 1 }));
      const read = (await store.load('one')).name;
      await store.remove('vb1');
      console.log(JSON.stringify({ saved, facts, read, names: await store.names() }));`,
    );
    expect(result).to.deep.equal({
      saved: `STORE_FULL: Cannot write ${disk}/machines/one/config.json: the disk is full`,
      facts: `STORE_FULL: Cannot write ${disk}/machines/one/facts.json: the disk is full`,
      read: 'one',
      names: ['g-ubuntu22', 'one'],
    });
  });

  it('reads a read-only store, old versions too, and says what cannot be written', async () => {
    const disk = scratch();
    const old = join(scratch(), 'old');
    cpSync(fixture, old, { recursive: true });
    mkdirSync(join(old, 'machines/v0'));
    const v0 = JSON.stringify({
      DriverName: 'none',
      Driver: { URL: 'tcp://1.2.3.4:2376' },
      StorePath: '/home/ann/.docker/machine/machines/v0',
    });
    const prepare = `cp -r ${old}/machines ${disk}/ && printf %s '${v0}' >${disk}/machines/v0/config.json && mount -o remount,ro ${disk}`;
    const result = await onDisk(
      disk,
      256,
      prepare,
      `
      const store = openStore(disk);
      const v0 = await store.load('v0');
      console.log(JSON.stringify({
        names: await store.names(), version: v0.config.ConfigVersion, root: v0.config.Driver.StorePath,
        save: await codeOf(store.save(v0)), reserve: await codeOf(store.reserve('new')), remove: await codeOf(store.remove('one')),
        lock: await codeOf(store.lock('one', async () => {})), certificates: await codeOf(store.lockCertificates(async () => {})),
      }));`,
    );
    expect(result).to.deep.equal({
      names: ['g-ubuntu22', 'one', 'v0', 'vb1'],
      version: 3,
      root: disk,
      save: `STORE_UNWRITABLE: Cannot write ${disk}/machines/v0/config.json: the disk is read-only`,
      reserve: `STORE_UNWRITABLE: Cannot make the folder ${disk}/certs: the disk is read-only`,
      remove: `STORE_UNWRITABLE: Cannot remove ${disk}/machines/one: the disk is read-only`,
      lock: `STORE_UNWRITABLE: Cannot make the folder ${disk}/locks: the disk is read-only`,
      certificates: `STORE_UNWRITABLE: Cannot make the folder ${disk}/locks: the disk is read-only`,
    });
  });
});
