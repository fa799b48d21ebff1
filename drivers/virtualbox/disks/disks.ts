import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

import { keyDisk } from '../../../src/guest/boot2docker/key-disk.js';
import { cacheName } from '../../../src/guest/image/cache-name.js';
import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { fetchImage, guestArchitecture, type GuestImage } from '../../../src/guest/image/fetch.js';
import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import type { VirtualboxConfig } from '../config.js';
import { dropUnfinished, unfinished, whileListed } from './unfinished.js';

/** A cloud image of some gigabytes on a slow disk. */
const copyTimeout = 30 * 60_000;
const megabyte = 2 ** 20;

/** Only one at a time may hang disks below a base or take them away. */
const mediaLock = 'virtualbox-media';

/** The image of a machine as a disk of VirtualBox's own kind in the cache: made once, never written, below the disks of all its machines. */
export async function ensureBase(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  if (config.baseDisk !== '' && existsSync(config.baseDisk)) return config.baseDisk;
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
    if (existsSync(target)) return;
    ctx.io.progress(`Preparing ${image.title} for VirtualBox`);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const part = `${target}${unfinished}`;
    try {
      await convert(image, part, vbox);
      await rename(part, target);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    if (image.intermediate) await rm(image.path, { force: true });
  });
  return target;
}

async function convert({ path, format }: GuestImage, part: string, vbox: VBoxManage): Promise<void> {
  await vbox.attempt(['closemedium', 'disk', part]); // left over from a run that was cut off
  await rm(part, { force: true });
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
 * The machine's own disk: what differs from the base. One that a cut-off run left behind is made anew.
 * @throws TsmachineError DRIVER_PRECHECK when the image is bigger than the disk shall be
 */
export async function makeDisk(config: VirtualboxConfig, base: string, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const disk = diskOf(ctx.machineDir);
  await ctx.lock(mediaLock, async () => {
    await dropDisk(disk, vbox);
    await vbox.run(['createmedium', 'disk', '--filename', disk, '--diffparent', base]);
    const capacity = Number(/^Capacity:\s+(\d+) MBytes/m.exec(await vbox.run(['showmediuminfo', 'disk', base]))?.[1] ?? 0);
    if (config.diskSize < capacity) {
      throw new TsmachineError(
        'DRIVER_PRECHECK',
        `The image needs a disk of ${capacity} MB; --virtualbox-disk-size is ${config.diskSize}`,
        {
          hint: `tsmachine rm -y ${ctx.machineName}, then create it with --virtualbox-disk-size ${capacity} or more`,
        },
      );
    }
    if (config.diskSize > capacity) await vbox.run(['modifymedium', 'disk', disk, '--resize', String(config.diskSize)]);
  });
}

/**
 * Takes the disks below a removed machine's folder away, those of its snapshots first, and the base from VirtualBox's list when nothing stands
 * on it any more; its file stays in the cache. VBoxManage unregistervm --delete would delete that too, with the last machine on it.
 */
export async function removeDisks(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  await ctx.lock(mediaLock, async () => {
    let before = Number.POSITIVE_INFINITY;
    for (
      let media = await mediaBelow(ctx.machineDir, vbox);
      media.length > 0 && media.length < before;
      media = await mediaBelow(ctx.machineDir, vbox)
    ) {
      before = media.length;
      for (const { kind, id } of media) await vbox.attempt(['closemedium', kind, id, ...(kind === 'disk' ? ['--delete'] : [])]);
    }
    if (config.baseDisk !== '' && existsSync(config.baseDisk)) await vbox.attempt(['closemedium', 'disk', config.baseDisk]);
    await dropUnfinished(ctx, vbox);
  });
}

interface Medium {
  readonly kind: 'disk' | 'dvd';
  readonly id: string;
  readonly location: string;
}

async function mediaBelow(dir: string, vbox: VBoxManage): Promise<Medium[]> {
  const lists = await Promise.all(
    (['disk', 'dvd'] as const).map(async (kind) =>
      blocks(await vbox.run(['list', kind === 'disk' ? 'hdds' : 'dvds'])).map((block) => ({
        kind,
        id: block.get('UUID') ?? '',
        location: block.get('Location') ?? '',
      })),
    ),
  );
  return lists.flat().filter(({ id, location }) => id !== '' && location.startsWith(join(dir, sep)));
}

async function dropDisk(disk: string, vbox: VBoxManage): Promise<void> {
  if (!existsSync(disk)) return;
  await vbox.attempt(['closemedium', 'disk', disk, '--delete']);
  await rm(disk, { force: true });
}

/** A copy of somebody else's disk, in the machine's folder; the other one stays as it is. */
export async function copyDisk(source: string, ctx: DriverContext, vbox: VBoxManage): Promise<string> {
  const disk = boot2dockerDiskOf(ctx.machineDir);
  await dropDisk(disk, vbox);
  ctx.io.progress(`Copying ${source} to ${disk}`);
  await vbox.run(['clonemedium', 'disk', source, disk, '--format', 'VMDK'], { timeout: copyTimeout });
  return disk;
}

function boot2dockerDiskOf(machineDir: string): string {
  return join(machineDir, 'disk.vmdk');
}

/** The disk of a boot2docker guest, which formats it on its first boot and finds the key in it. */
export async function makeKeyDisk(config: VirtualboxConfig, publicKey: string, ctx: DriverContext, vbox: VBoxManage): Promise<string> {
  const disk = boot2dockerDiskOf(ctx.machineDir);
  const raw = join(ctx.machineDir, 'disk.raw');
  await dropDisk(disk, vbox);
  try {
    const file = await open(raw, 'w', 0o600);
    try {
      await file.write(keyDisk(publicKey));
      await file.truncate(config.diskSize * megabyte);
    } finally {
      await file.close();
    }
    await vbox.run(['convertfromraw', raw, disk, '--format', 'VMDK'], { timeout: copyTimeout });
  } finally {
    await rm(raw, { force: true });
  }
  return disk;
}
