import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { ensureOwnFolder } from '../files/own-folder.js';
import { stateDir } from '../state-dir.js';
import { withLock, type LockOptions } from './lock.js';

/**
 * Runs `use` while holding a lock of the computer, for what belongs to no store: an image that is built, a network of the computer.
 * @param folder see `computerLocksDir`
 * @throws TsmachineError STORE_UNWRITABLE when the folder of the locks is not ours alone; as `withLock`
 */
export async function withComputerLock<T>(folder: string, name: string, options: LockOptions, use: () => Promise<T>): Promise<T> {
  await ensureOwnFolder(folder);
  return withLock(join(folder, name.replace(/[^\w.-]/g, '_')), options, use);
}

/**
 * The folder of the computer's locks, one for each user: who can write to it can hold up every command, or let two work on one thing at
 * once. Other users can make no folder in /run or in a home folder before we do.
 */
export function computerLocksDir(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  user: number | undefined = process.getuid?.(),
): string {
  if (platform === 'linux' && user === 0) return '/run/tsmachine/locks';
  const state = stateDir(env, platform);
  return state === '' ? join(tmpdir(), `tsmachine-${user ?? userInfo().username}`) : join(state, 'locks', 'computer');
}
