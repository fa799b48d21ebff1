import { dirname, join } from 'node:path';

import { keyDisk } from '../../../src/guest/boot2docker/key-disk.js';
import { cacheName } from '../../../src/guest/image/cache-name.js';
import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { fetchImage, guestArchitecture, type GuestImage } from '../../../src/guest/image/fetch.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext, Files } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { mediaLock } from './media.js';
import { unfinished, whileListed } from './unfinished.js';

/** A cloud image of some gigabytes on a slow disk. */
const copyTimeout = 30 * 60_000;
const megabyte = 2 ** 20;

/** A machine's image as a disk of VirtualBox's own kind in the cache: made once, never written, the base of all its machines' disks. */
export async function ensureBase(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  if (config.baseDisk !== '' && (await ctx.files.exists(config.baseDisk))) return config.baseDisk;
  const image = await fetchImage(
    parseImageChoice(config.image, 'virtualbox-image'),
    {
      arch: guestArchitecture(computer.architecture),
      formats: ['vdi', 'vmdk', 'raw', 'vhd'],
    },
    ctx,
  );
  const target = join(ctx.cacheDir, 'virtualbox', `${await cacheName(image.path, ctx.cacheDir)}.vdi`);
  await ctx.lock(mediaLock, async () => {
    if (await ctx.files.exists(target)) return;
    ctx.io.info(`Preparing ${image.title} for VirtualBox...`);
    await ctx.files.makeDir(dirname(target));
    const part = `${target}${unfinished}`;
    try {
      await convert(image, part, ctx.files, vbox);
      await ctx.files.rename(part, target);
    } catch (error) {
      await ctx.files.remove(part);
      throw error;
    }
    if (image.intermediate) await ctx.files.remove(image.path);
  });
  return target;
}

async function convert({ path, format }: GuestImage, part: string, files: Files, vbox: VBoxManage): Promise<void> {
  await vbox.attempt(['closemedium', 'disk', part]); // left by an interrupted run
  await files.remove(part);
  if (format === 'raw') {
    await vbox.run(['convertfromraw', path, part, '--format', 'VDI'], { timeout: copyTimeout });
    return;
  }
  await whileListed(path, vbox, async () => {
    await vbox.run(['clonemedium', 'disk', path, part, '--format', 'VDI'], { timeout: copyTimeout });
  });
  await vbox.run(['closemedium', 'disk', part]);
}

export function diskOf(machineDir: string): string {
  return join(machineDir, 'disk.vdi');
}

/**
 * The machine's own disk: what differs from the base. One that an interrupted run left is replaced.
 * @throws TsmachineError DRIVER_PRECHECK when the image is larger than the disk that was asked for
 */
export async function makeDisk(config: VirtualboxConfig, base: string, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const disk = diskOf(ctx.machineDir);
  await ctx.lock(mediaLock, async () => {
    await dropDisk(disk, ctx.files, vbox);
    await vbox.run(['createmedium', 'disk', '--filename', disk, '--diffparent', base]);
    const capacity = Number(/^Capacity:\s+(\d+) MBytes/m.exec(await vbox.run(['showmediuminfo', 'disk', base]))?.[1] ?? 0);
    if (config.diskSize < capacity) {
      throw new TsmachineError(
        'DRIVER_PRECHECK',
        `The image needs a disk of ${capacity} MB; --virtualbox-disk-size is ${config.diskSize}`,
        {
          hint: say`${run('rm', '-y', ctx.machineName)}, then create it with --virtualbox-disk-size ${capacity} or more`,
        },
      );
    }
    if (config.diskSize > capacity) await vbox.run(['modifymedium', 'disk', disk, '--resize', String(config.diskSize)]);
  });
}

async function dropDisk(disk: string, files: Files, vbox: VBoxManage): Promise<void> {
  if (!(await files.exists(disk))) return;
  await vbox.attempt(['closemedium', 'disk', disk, '--delete']);
  await files.remove(disk);
}

/** A copy of somebody else's disk, in the machine's folder; the other one stays as it is. */
export async function copyDisk(source: string, ctx: DriverContext, vbox: VBoxManage): Promise<string> {
  const disk = boot2dockerDiskOf(ctx.machineDir);
  await dropDisk(disk, ctx.files, vbox);
  ctx.io.info(`Copying ${source} to ${disk}...`);
  await vbox.run(['clonemedium', 'disk', source, disk, '--format', 'VMDK'], { timeout: copyTimeout });
  return disk;
}

function boot2dockerDiskOf(machineDir: string): string {
  return join(machineDir, 'disk.vmdk');
}

/** The disk of a boot2docker guest, which formats it on its first boot and finds the key in it. */
export async function makeKeyDisk(
  config: VirtualboxConfig,
  publicKey: string,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<string> {
  const disk = boot2dockerDiskOf(ctx.machineDir);
  const raw = join(ctx.machineDir, 'disk.raw');
  await dropDisk(disk, ctx.files, vbox);
  try {
    await computer.sparseFile(raw, keyDisk(publicKey), config.diskSize * megabyte);
    await vbox.run(['convertfromraw', raw, disk, '--format', 'VMDK'], { timeout: copyTimeout });
  } finally {
    await ctx.files.remove(raw);
  }
  return disk;
}
