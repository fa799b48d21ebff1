import { stat } from 'node:fs/promises';

import { parsePlace, type Place } from './place.js';
import { remotePath } from './remote-end.js';
import { localWord, sshfsArguments } from '../ssh/system/rsync-sshfs.js';
import { runForeground } from '../system/processes/foreground.js';
import { resolveNames } from '../machine/choose/each.js';
import { TsmachineError, systemCode } from '../base/errors.js';
import { openMachine } from '../machine/machine.js';
import { machineOfPath, systemLogin } from '../machine/access/reachable.js';
import type { Session } from '../machine/session.js';

/**
 * Mounts a folder of a machine with sshfs.
 * @param where as typed: `[[user@]machine:]path`; without a machine, the one called "default"
 * @param mountpoint a folder of this computer; by default the same path as on the machine
 * @throws TsmachineError COMMAND_MISSING without sshfs, COMMAND_FAILED, MACHINE_*, COPY_TARGET for a mount point that is not a folder
 */
export async function mountFolder(session: Session, where: string, mountpoint?: string): Promise<void> {
  const { env, signal } = session;
  const { machine, user, path } = await openPlace(session, where);
  const login = await systemLogin(session, machine, user);
  const target = mountpoint ?? path;
  await requireFolder(target);
  const args = sshfsArguments({ ...login, path: remotePath(path) }, target, env);
  const status = await runForeground('sshfs', args, { signal, env });
  checkStatus('sshfs', status, 'You must have a copy of the sshfs binary locally to use the mount feature');
}

/** Unmounts a folder that `mountFolder` mounted. @throws TsmachineError COMMAND_MISSING without fusermount, COMMAND_FAILED, MACHINE_* */
export async function unmountFolder(session: Session, where: string, mountpoint?: string): Promise<void> {
  const { env, signal } = session;
  const { path } = await openPlace(session, where);
  const folder = localWord(mountpoint ?? path);
  const missing = 'You must have a copy of the fusermount binary locally to use the unmount option';
  // macOS has no fusermount; with fuse 3 it may be called fusermount3
  const programs =
    process.platform === 'darwin'
      ? [['umount']]
      : [
          ['fusermount', '-u'],
          ['fusermount3', '-u'],
        ];
  for (const [program = '', ...args] of programs) {
    const status = await runForeground(program, [...args, folder], { signal, env });
    if (status !== undefined) {
      checkStatus(program, status, missing);
      return;
    }
  }
  checkStatus('fusermount', undefined, missing);
}

async function openPlace(session: Session, where: string) {
  const place: Place = parsePlace(where);
  if (place.machine !== undefined) return { ...place, machine: await machineOfPath(session, place.machine) };
  const [name = ''] = await resolveNames(session.store, []);
  return { ...place, machine: await openMachine(session, name) };
}

async function requireFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new TsmachineError('COPY_TARGET', `The mount point ${path} does not exist`, { hint: `mkdir -p ${path}`, cause: error });
  }
  throw new TsmachineError('COPY_TARGET', `${path} is not a folder`);
}

/** @param missing what to say when the program is not installed (`status` is undefined) */
function checkStatus(program: string, status: number | undefined, missing: string): void {
  if (status === undefined) throw new TsmachineError('COMMAND_MISSING', missing);
  if (status !== 0) throw new TsmachineError('COMMAND_FAILED', `${program} failed: exit status ${status}`);
}
