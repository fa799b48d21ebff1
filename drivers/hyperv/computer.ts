import { statfs } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';

import { systemCode } from '../../src/core/errors.js';
import type { Computer } from './api.js';

/** This computer. */
export function thisComputer(): Computer {
  return { platform: process.platform, architecture: process.arch, freeBytes, answers };
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => { end(true); }).once('error', () => { end(false); }).once('timeout', () => { end(false); });
  });
}

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return freeBytes(dirname(path));
  }
}
