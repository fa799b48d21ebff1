import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

import { expect } from 'chai';

import { unpackQcow2 } from '../../../src/guest/disk/qcow2.js';
import { fetchImage } from '../../../src/guest/image/fetch.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import { place } from './context.js';
import { tool } from './programs.js';

const megabyte = 2 ** 20;
const never = new AbortController().signal;

/** A disk of 40 MiB and an odd sector with data of all kinds here and there. */
function rawDisk(dir: string): string {
  const path = join(dir, 'disk.raw');
  const file = openSync(path, 'w');
  ftruncateSync(file, 40 * megabyte + 512);
  for (const [content, at] of [
    [randomBytes(300_000), 0],
    [Buffer.alloc(2 * megabyte, 'text that packs well '), 7 * megabyte + 4096],
    [Buffer.alloc(200_000), 12 * megabyte],
    [randomBytes(70_000), 33 * megabyte - 1000],
    [randomBytes(512), 40 * megabyte],
  ] as const)
    writeSync(file, content, 0, content.length, at);
  closeSync(file);
  return path;
}

describe('a qcow2 disk is unpacked as qemu-img packed it', () => {
  const kinds: [string, string[]][] = [
    ['as cloud images are', ['-c']],
    ['not compressed', []],
    ['of version 2', ['-c', '-o', 'compat=0.10']],
    ['with small clusters', ['-c', '-o', 'cluster_size=4096']],
    ['with big clusters', ['-c', '-o', 'cluster_size=2M']],
    ['with clusters that are marked as zeros', ['-S', '0']],
  ];
  for (const [kind, options] of kinds) {
    it(kind, async function () {
      const dir = scratch();
      const raw = rawDisk(dir);
      const packed = join(dir, 'disk.qcow2');
      tool(this, 'qemu-img', 'convert', '-O', 'qcow2', ...options, raw, packed);
      await unpackQcow2(packed, join(dir, 'out'), never);
      expect(readFileSync(join(dir, 'out')).equals(readFileSync(raw))).to.equal(true);
      expect(statSync(join(dir, 'out')).mode & 0o777).to.equal(0o600);
    });
  }

  it('and written to since, with clusters that were given up but not freed', async function () {
    const dir = scratch();
    const packed = join(dir, 'disk.qcow2');
    tool(this, 'qemu-img', 'convert', '-O', 'qcow2', '-c', rawDisk(dir), packed);
    tool(this, 'qemu-io', '-f', 'qcow2', packed, '-c', 'write -P 7 20M 1M', '-c', 'write -z 20M 512k', '-c', 'discard 0 128k');
    tool(this, 'qemu-img', 'convert', '-O', 'raw', packed, join(dir, 'expected'));
    await unpackQcow2(packed, join(dir, 'out'), never);
    expect(readFileSync(join(dir, 'out')).equals(readFileSync(join(dir, 'expected')))).to.equal(true);
  });

  it('and leaves holes where nothing was written', async function () {
    const dir = scratch();
    const packed = join(dir, 'disk.qcow2');
    tool(this, 'qemu-img', 'convert', '-O', 'qcow2', '-c', rawDisk(dir), packed);
    await unpackQcow2(packed, join(dir, 'out'), never);
    expect(statSync(join(dir, 'out')).blocks * 512).to.be.lessThan(8 * megabyte);
  });

  const refused: [string, string[], RegExp][] = [
    ['zstd', ['-c', '-o', 'compression_type=zstd'], /a compression other than deflate/],
    ['extended entries', ['-o', 'extended_l2=on,cluster_size=64k'], /extended L2 entries/],
  ];
  for (const [kind, options, why] of refused) {
    it(`or refused: ${kind}`, async function () {
      const dir = scratch();
      const packed = join(dir, 'disk.qcow2');
      tool(this, 'qemu-img', 'convert', '-O', 'qcow2', ...options, rawDisk(dir), packed);
      const error = await failureOf(unpackQcow2(packed, join(dir, 'out'), never));
      expect(error).to.include({ code: 'DRIVER_PRECHECK' });
      expect(error.message).to.match(why);
    });
  }

  it('or refused: the difference to another disk', async function () {
    const dir = scratch();
    const raw = rawDisk(dir);
    tool(this, 'qemu-img', 'create', '-f', 'qcow2', '-b', raw, '-F', 'raw', join(dir, 'top.qcow2'));
    expect((await failureOf(unpackQcow2(join(dir, 'top.qcow2'), join(dir, 'out'), never))).message).to.contain('has a backing file');
  });

  it('or refused when it is truncated or damaged, and nothing of it stays', async function () {
    const dir = scratch();
    const packed = join(dir, 'disk.qcow2');
    tool(this, 'qemu-img', 'convert', '-O', 'qcow2', '-c', rawDisk(dir), packed);
    const whole = readFileSync(packed);
    const { ctx, cache } = place();
    const unpack = () => failureOf(fetchImage({ kind: 'file', path: packed }, { arch: 'amd64', formats: ['raw'] }, ctx));
    truncateSync(packed, 300_000);
    expect((await unpack()).message).to.match(/is (truncated|damaged at byte \d+)/);
    for (let at = whole.length - 200_000; at < whole.length; at += 1000) whole.writeUInt8(0xff, at);
    writeFileSync(packed, whole);
    expect((await unpack()).message).to.match(/is damaged at byte \d+/);
    expect(readdirSync(join(cache, 'images'))).to.deep.equal([]);
  });
});

describe('a disk in the format a hypervisor takes', () => {
  it('is made once, from a qcow2 or a raw disk', async function () {
    const dir = scratch();
    const raw = rawDisk(dir);
    const packed = join(dir, 'disk.qcow2');
    tool(this, 'qemu-img', 'convert', '-O', 'qcow2', '-c', raw, packed);
    const { ctx, cache, io } = place();
    const image = await fetchImage({ kind: 'file', path: packed }, { arch: 'amd64', formats: ['vmdk', 'raw'] }, ctx);
    expect(image.format).to.equal('raw');
    expect(readFileSync(image.path).equals(readFileSync(raw))).to.equal(true);
    const again = await Promise.all(
      [1, 2, 3].map(() => fetchImage({ kind: 'file', path: packed }, { arch: 'amd64', formats: ['raw'] }, ctx)),
    );
    expect(new Set(again.map(({ path }) => path))).to.deep.equal(new Set([image.path]));
    expect(readdirSync(join(cache, 'images'))).to.deep.equal([basename(image.path)]);
    expect(io.steps.filter((step) => step.includes('Unpacking'))).to.deep.equal(['(vm1) Unpacking disk.qcow2']);
  });

  it('is a VHD that qemu-img takes for the same disk', async function () {
    const dir = scratch();
    const raw = rawDisk(dir);
    const { ctx } = place();
    const { path, format } = await fetchImage({ kind: 'file', path: raw }, { arch: 'amd64', formats: ['vhdx', 'vhd'] }, ctx);
    expect(format).to.equal('vhd');
    const info = JSON.parse(tool(this, 'qemu-img', 'info', '--output=json', '-f', 'vpc', path)) as Record<string, unknown>;
    expect(info).to.include({ format: 'vpc', 'virtual-size': 41 * megabyte });
    expect(statSync(path).size).to.equal(41 * megabyte + 512);
    tool(this, 'qemu-img', 'compare', '-f', 'vpc', '-F', 'raw', path, raw);
    const again = await fetchImage({ kind: 'file', path }, { arch: 'amd64', formats: ['vhd'] }, ctx);
    expect(again).to.deep.equal({ path, format: 'vhd', title: path });
  });
});

describe('a disk that fills up', () => {
  it('is said to be full, and keeps no half of an image', async function () {
    const dir = scratch();
    const raw = rawDisk(dir);
    const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
      const { place } = await import(${from('context.ts')});
      const { fetchImage } = await import(${from('../../../src/guest/image/fetch.ts')});
      const { readdirSync } = await import('node:fs');
      const { ctx } = place();
      const error = await fetchImage({ kind: 'file', path: ${JSON.stringify(raw)} }, { arch: 'amd64', formats: ['vhd'] }, { ...ctx, cacheDir: '/mnt/cache' })
        .then(() => undefined, (error) => error);
      console.log(JSON.stringify([error?.code, readdirSync('/mnt/cache/images')]));`;
    const small = 'mount -t tmpfs -o size=2m none /mnt && exec "$@"';
    const output = tool(
      this,
      'unshare',
      '-m',
      'sh',
      '-c',
      small,
      'sh',
      process.execPath,
      '--import=tsx',
      '--input-type=module',
      '-e',
      script,
    );
    expect(JSON.parse(output)).to.deep.equal(['STORE_FULL', []]);
  });
});
