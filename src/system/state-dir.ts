import { join } from 'node:path';

import { homeDirIfAny } from './home.js';

/**
 * Where a program keeps what it remembers of this computer for one user, outside of every store: TSMACHINE_STATE_DIR, else
 * $XDG_STATE_HOME (XDG Base Directory Specification), else the platform's own folder. Empty where there is no home folder.
 */
export function stateDir(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const given = env['TSMACHINE_STATE_DIR'];
  if (given) return given;
  const home = homeDirIfAny(env);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || home, 'tsmachine');
  if (home === '') return '';
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'tsmachine');
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'tsmachine');
}
