import { basename, dirname, join } from 'node:path';

import { isoOf } from '../../../src/guest/boot2docker/iso.js';
import { keyDisk } from '../../../src/guest/boot2docker/key-disk.js';
import { writeFixedVhd } from '../../../src/guest/disk/fixed-vhd.js';
import { cacheName } from '../../../src/guest/image/cache-name.js';
import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { fetchImage, guestArchitecture, type GuestImage } from '../../../src/guest/image/fetch.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext, Files } from '../../../src/driver/contract.js';
import type { HyperV, Tools } from '../api.js';
import type { HypervConfig } from '../config.js';
import { seedOf } from './guest.js';

const megabyte = 2 ** 20;
/** What boot2docker reads of its disk at first. */
const keyDiskSize = 10 * megabyte;

/** The image of a machine as a VHDX in the cache: made once, never written, the parent of the disks of all its machines. */
export async function ensureBase(config: HypervConfig, ctx: DriverContext, { hyperv, computer }: Tools): Promise<string> {
  const { files } = ctx;
  if (config.baseDisk !== '' && (await files.exists(config.baseDisk))) return config.baseDisk;
  const image = await fetchImage(
    parseImageChoice(config.image, 'hyperv-image'),
    {
      arch: guestArchitecture(computer.architecture),
      formats: ['vhdx', 'vhd'],
    },
    ctx,
  );
  const target = join(ctx.cacheDir, 'hyperv', `${await cacheName(image.path, ctx.cacheDir)}.vhdx`);
  await ctx.lock(`hyperv-${basename(target)}`, async () => {
    if (await files.exists(target)) return;
    ctx.io.info(`Preparing ${image.title} for Hyper-V...`);
    await files.makeDir(dirname(target));
    const part = target.replace(/\.vhdx$/, '.part.vhdx');
    await files.remove(part); // left by a run that was interrupted
    await withEnding(image, part, files, (source) => hyperv.convertDisk({ source, target: part }));
    await files.rename(part, target);
    if (image.intermediate) await files.remove(image.path);
  });
  return target;
}

/** Hyper-V tells a disk's format by the ending of its name alone. */
async function withEnding({ path, format }: GuestImage, part: string, files: Files, use: (path: string) => Promise<void>): Promise<void> {
  if (path.toLowerCase().endsWith(`.${format}`)) return use(path);
  const copy = part.replace(/\.vhdx$/, `.source.${format}`);
  try {
    await files.copy(path, copy);
    await use(copy);
  } finally {
    await files.remove(copy);
  }
}

function diskOf(machineDir: string): string {
  return join(machineDir, 'disk.vhdx');
}

/** The parent of a boot2docker guest's disk. */
function keyBaseOf(machineDir: string): string {
  return join(machineDir, 'key.vhdx');
}

/** Every drive that a machine may have in its folder. */
export function drivesOf(machineDir: string): string[] {
  return [diskOf(machineDir), keyBaseOf(machineDir), seedOf(machineDir), isoOf(machineDir)];
}

/** Bytes that a machine's own disk takes; undefined when it is gone. */
export async function diskBytes(machineDir: string, files: Files): Promise<number | undefined> {
  return (await files.facts(diskOf(machineDir)))?.size;
}

/**
 * Makes the machine's own differencing disk. One that an interrupted run left is replaced.
 * @throws TsmachineError DRIVER_PRECHECK when the image is larger than the disk that was asked for
 */
export async function makeDisk(config: HypervConfig, base: string, ctx: DriverContext, hyperv: HyperV): Promise<string> {
  const path = diskOf(ctx.machineDir);
  await ctx.files.remove(path);
  const size = config.diskSize * megabyte;
  const least = await hyperv.diskSize(base);
  if (size < least) {
    const needed = Math.ceil(least / megabyte);
    throw new TsmachineError('DRIVER_PRECHECK', `The image needs a disk of ${needed} MB; --hyperv-disk-size is ${config.diskSize}`, {
      hint: say`${run('rm', '-y', ctx.machineName)}, then create it with --hyperv-disk-size ${needed} or more`,
    });
  }
  ctx.io.info('Creating VHD...');
  await hyperv.newDisk({ path, parent: base, size });
  return path;
}

/** Makes the parent of a boot2docker guest's disk. The guest formats the disk on its first boot and finds the key in it. */
export async function makeKeyBase(publicKey: string, { machineDir, files }: DriverContext, hyperv: HyperV): Promise<string> {
  const source = join(machineDir, 'key.vhd');
  const target = keyBaseOf(machineDir);
  await Promise.all([files.remove(source), files.remove(target)]);
  await writeFixedVhd(source, keyDisk(publicKey), keyDiskSize);
  await hyperv.convertDisk({ source, target });
  await files.remove(source);
  return target;
}
