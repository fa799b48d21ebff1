import { posix, win32 } from 'node:path';

import { TsmachineError } from '../base/errors.js';

/**
 * The user's home folder: HOME, on Windows USERPROFILE (or HOMEDRIVE and HOMEPATH).
 * @throws TsmachineError HOME_MISSING.
 */
export function homeDir(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const windows = platform === 'win32';
  const home = windows ? env['USERPROFILE'] || join(env['HOMEDRIVE'], env['HOMEPATH']) || env['HOME'] : env['HOME'];
  if (home) return home;
  throw new TsmachineError('HOME_MISSING', `The home folder is unknown: ${windows ? 'USERPROFILE' : 'HOME'} is not set`, {
    hint: `Set ${windows ? 'USERPROFILE' : 'HOME'}, or set the folder of the machines with --storage-path or MACHINE_STORAGE_PATH`,
  });
}

/** As `homeDir`; empty when there is none. */
export function homeDirIfAny(env: NodeJS.ProcessEnv): string {
  try {
    return homeDir(env);
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'HOME_MISSING') return '';
    throw error;
  }
}

function join(drive: string | undefined, path: string | undefined): string {
  return drive && path ? drive + path : '';
}

/**
 * Where machines are kept, as in Docker Machine: MACHINE_STORAGE_PATH, or `.docker/machine` in the home folder. Always absolute.
 * @throws TsmachineError HOME_MISSING.
 */
export function defaultStorePath(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const path = platform === 'win32' ? win32 : posix;
  const given = env['MACHINE_STORAGE_PATH'];
  return given ? path.resolve(given) : path.join(homeDir(env, platform), '.docker', 'machine');
}
