import { existsSync } from 'node:fs';
import { rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, messageOf } from '../../../src/base/errors.js';
import { say } from '../../../src/base/text.js';
import { waitFor } from '../../../src/base/wait.js';
import type { Computer } from '../api.js';
import { realFolder } from '../folders.js';

/** Where a machine's file system lies in its folder. */
export interface Layers {
  /** The machine's root: the image with the machine's own changes laid over it. */
  readonly root: string;
  /** /var/lib/docker, a real directory. */
  readonly engine: string;
}

export function layersOf(machineDir: string): Layers {
  return { root: join(machineDir, 'root'), engine: join(machineDir, 'docker') };
}

/** Whether the machine was mounted before: its own changes then belong to the image they were made on. */
export function standsOnImage(machineDir: string): boolean {
  return existsSync(join(machineDir, 'upper'));
}

/**
 * Mounts the machine's root.
 * @throws TsmachineError DRIVER_FAILED when the image is gone, a folder of the machine is a link, or the disk cannot carry an overlay
 */
export async function mountLayers(machineDir: string, image: string, computer: Computer): Promise<Layers> {
  const layers = layersOf(machineDir);
  if (!existsSync(image)) {
    throw new TsmachineError('DRIVER_FAILED', `The image ${image}, which the machine stands on, is gone`, {
      hint: 'A machine cannot run without it: remove the machine and create it again',
    });
  }
  await unmountBelow(machineDir, computer);
  for (const dir of ['upper', 'work', 'root', 'docker']) await realFolder(machineDir, [dir]);
  // Relative to the machine's folder and through a link: overlay options have no safe way to hold a path with a comma or a colon.
  const link = join(machineDir, 'image');
  await rm(link, { force: true });
  await symlink(image, link);
  try {
    await computer.run('mount', ['-t', 'overlay', 'overlay', '-o', 'lowerdir=image,upperdir=upper,workdir=work', layers.root], {
      cwd: machineDir,
    });
  } catch (error) {
    throw new TsmachineError(
      'DRIVER_FAILED',
      say`The root file system of the machine cannot be mounted in ${machineDir}: ${messageOf(error)}`,
      {
        cause: error,
        hint: 'Overlays need a local disk such as ext4, xfs or btrfs: put the store on one with --storage-path',
      },
    );
  }
  return layers;
}

/** Unmounts everything below the machine's folder, the innermost first. The machine must be off. */
export async function unmountBelow(machineDir: string, computer: Computer): Promise<void> {
  await dropLock(layersOf(machineDir).root, computer);
  await waitFor(
    async () => {
      const points = await computer.mountsBelow(machineDir);
      if (points.length === 0) return true;
      for (const point of points) await computer.run('umount', [point], { ok: [0, 1, 32] });
      return (await computer.mountsBelow(machineDir)).length === 0 ? true : undefined;
    },
    {
      timeout: 15_000,
      interval: 50,
      what: `the mounts below ${machineDir} to be released`,
      hint: `Something still uses them: fuser -vm ${join(machineDir, 'root')}`,
    },
  );
}

/**
 * Deletes the machine's file system. Mounted folders are never entered: behind one could be anything.
 * @throws TsmachineError DRIVER_FAILED when something is still mounted there
 */
export async function deleteLayers(machineDir: string, computer: Computer): Promise<void> {
  const dirs = ['root', 'upper', 'work', 'docker'].map((name) => join(machineDir, name)).filter((dir) => existsSync(dir));
  if (dirs.length > 0) await computer.run('rm', ['-rf', '--one-file-system', '--', ...dirs], { timeout: 300_000 });
  await rm(join(machineDir, 'image'), { force: true });
}

/** systemd-nspawn locks the root it runs on by device and inode; one that was killed leaves the file. */
async function dropLock(root: string, computer: Computer): Promise<void> {
  if ((await computer.mountsBelow(root)).length === 0) return;
  const lock = await stat(root).catch(() => undefined); // its folder may have been deleted by hand
  if (!lock) return;
  const { dev, ino } = lock;
  await rm(`/run/systemd/nspawn/locks/inode-${dev}:${ino}`, { force: true });
}
