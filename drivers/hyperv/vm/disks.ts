import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { keyDisk } from '../../../src/guest/boot2docker/key-disk.js';
import { vhdFooter } from '../../../src/guest/disk/vhd.js';
import { cacheName } from '../../../src/guest/image/cache-name.js';
import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { fetchImage, guestArchitecture, type GuestImage } from '../../../src/guest/image/fetch.js';
import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { HyperV, Tools } from '../api.js';
import type { HypervConfig } from '../config.js';

const megabyte = 2 ** 20;
/** What boot2docker reads of its disk at first. */
const keyDiskSize = 10 * megabyte;

/** The image of a machine as a VHDX in the cache: made once, never written, below the disks of all its machines. */
export async function ensureBase(config: HypervConfig, ctx: DriverContext, { hyperv, computer }: Tools): Promise<string> {
  if (config.baseDisk !== '' && existsSync(config.baseDisk)) return config.baseDisk;
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
    if (existsSync(target)) return;
    ctx.io.progress(`Preparing ${image.title} for Hyper-V`);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const part = target.replace(/\.vhdx$/, '.part.vhdx');
    await rm(part, { force: true }); // left over from a run that was cut off
    await withEnding(image, part, (source) => hyperv.convertDisk({ source, target: part }));
    await rename(part, target);
    if (image.intermediate) await rm(image.path, { force: true });
  });
  return target;
}

/** Hyper-V knows a disk's kind by the ending of its name alone. */
async function withEnding({ path, format }: GuestImage, part: string, use: (path: string) => Promise<void>): Promise<void> {
  if (path.toLowerCase().endsWith(`.${format}`)) return use(path);
  const copy = part.replace(/\.vhdx$/, `.source.${format}`);
  try {
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
    await use(copy);
  } finally {
    await rm(copy, { force: true });
  }
}

export function diskOf(machineDir: string): string {
  return join(machineDir, 'disk.vhdx');
}

/**
 * The machine's own disk: what differs from the base. One that a cut-off run left behind is made anew.
 * @throws TsmachineError DRIVER_PRECHECK when the image is bigger than the disk shall be
 */
export async function makeDisk(config: HypervConfig, base: string, ctx: DriverContext, hyperv: HyperV): Promise<string> {
  const path = diskOf(ctx.machineDir);
  await removeFile(path);
  const size = config.diskSize * megabyte;
  const least = await hyperv.diskSize(base);
  if (size < least) {
    const needed = Math.ceil(least / megabyte);
    throw new TsmachineError('DRIVER_PRECHECK', `The image needs a disk of ${needed} MB; --hyperv-disk-size is ${config.diskSize}`, {
      hint: `tsmachine rm -y ${ctx.machineName}, then create it with --hyperv-disk-size ${needed} or more`,
    });
  }
  ctx.io.progress('Creating VHD');
  await hyperv.newDisk({ path, parent: base, size });
  return path;
}

/** The base of a boot2docker guest's disk, which formats it on its first boot and finds the key in it. */
export async function makeKeyBase(publicKey: string, ctx: DriverContext, hyperv: HyperV): Promise<string> {
  const source = join(ctx.machineDir, 'key.vhd');
  const target = join(ctx.machineDir, 'key.vhdx');
  await Promise.all([removeFile(source), removeFile(target)]);
  const file = await open(source, 'w', 0o600);
  try {
    const { bytes, diskSize } = vhdFooter(keyDiskSize);
    await file.write(keyDisk(publicKey), 0, undefined, 0);
    await file.write(bytes, 0, bytes.length, diskSize);
  } finally {
    await file.close();
  }
  await hyperv.convertDisk({ source, target });
  await rm(source, { force: true });
  return target;
}

/** Files and folders alike: Hyper-V holds those of a VM for a moment after that is gone. Without `recursive` nothing is tried twice. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
