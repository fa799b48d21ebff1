import { statfs } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';

const megabyte = 2 ** 20;
/** Megabytes that a guest writes until its engine runs. */
const guestSpace = 2000;

/** Free bytes on the disk of a path or its nearest existing parent. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return freeBytes(dirname(path));
  }
}

/**
 * @param freeOn returns the free bytes at a path
 * @throws TsmachineError STORE_FULL when a guest whose disk grows below `dir` would fill the disk before its engine runs
 */
export async function checkSpace(dir: string, freeOn: (path: string) => Promise<number>): Promise<void> {
  const free = Math.floor((await freeOn(dir)) / megabyte);
  if (free >= guestSpace) return;
  throw new TsmachineError('STORE_FULL', `There is not enough space for a machine in ${dir}: ${free} MB free, ${guestSpace} MB needed`, {
    hint: 'Free some space, or put the store on another disk with --storage-path',
  });
}

/** Whether something listens on a TCP port; tries for a second. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => {
        end(true);
      })
      .once('error', () => {
        end(false);
      })
      .once('timeout', () => {
        end(false);
      });
  });
}
