import { stat } from 'node:fs/promises';

import { parsePlace, type Place } from './place.js';
import { remotePath } from './remote-end.js';
import { sshfsArguments } from '../ssh/system/rsync-sshfs.js';
import { runForeground } from '../system/processes/foreground.js';
import { trustOf } from '../machine/access/connection.js';
import { resolveNames } from '../machine/choose/each.js';
import { TsmachineError, systemCode } from '../base/errors.js';
import { openMachine } from '../machine/machine.js';
import { machineOfPath, sshEndpoint } from '../machine/access/reachable.js';
import type { Session } from '../machine/session.js';

/**
 * Mounts a folder of a machine with sshfs.
 * @param where as typed: `[[user@]machine:]path`; without a machine it is the one called "default"
 * @param mountpoint a folder here; default the path over there
 * @throws TsmachineError COMMAND_MISSING without sshfs, COMMAND_FAILED, MACHINE_*, COPY_TARGET for a mount point that is no folder
 */
export async function mountFolder(session: Session, where: string, mountpoint?: string): Promise<void> {
  const { env, signal } = session;
  const { machine, user, path } = await find(session, where);
  const own = await sshEndpoint(machine);
  const target = mountpoint ?? path;
  await refuseNoFolder(target);
  const endpoint = user === undefined ? own : { ...own, user };
  const args = await sshfsArguments({ endpoint, trust: trustOf(session, machine, endpoint), path: remotePath(path) }, target, env);
  const status = await runForeground('sshfs', args, { signal, env });
  ended('sshfs', status, 'You must have a copy of the sshfs binary locally to use the mount feature');
}

/** Takes such a mount away again. @throws TsmachineError COMMAND_MISSING without fusermount, COMMAND_FAILED, MACHINE_* */
export async function unmountFolder(session: Session, where: string, mountpoint?: string): Promise<void> {
  const { env, signal } = session;
  const { path } = await find(session, where);
  const missing = 'You must have a copy of the fusermount binary locally to use the unmount option';
  // macOS has no fusermount; fuse 3 brings it under a name of its own
  const ways =
    process.platform === 'darwin'
      ? [['umount']]
      : [
          ['fusermount', '-u'],
          ['fusermount3', '-u'],
        ];
  for (const [program = '', ...args] of ways) {
    const status = await runForeground(program, [...args, mountpoint ?? path], { signal, env });
    if (status !== undefined) {
      ended(program, status, missing);
      return;
    }
  }
  ended('fusermount', undefined, missing);
}

async function find(session: Session, where: string) {
  const place: Place = parsePlace(where);
  if (place.machine !== undefined) return { ...place, machine: await machineOfPath(session, place.machine) };
  const [name = ''] = await resolveNames(session.store, []);
  return { ...place, machine: await openMachine(session, name) };
}

async function refuseNoFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new TsmachineError('COPY_TARGET', `There is no folder ${path} to mount at`, { hint: `mkdir -p ${path}`, cause: error });
  }
  throw new TsmachineError('COPY_TARGET', `${path} is not a folder`);
}

function ended(program: string, status: number | undefined, missing: string): void {
  if (status === undefined) throw new TsmachineError('COMMAND_MISSING', missing);
  if (status !== 0) throw new TsmachineError('COMMAND_FAILED', `${program} failed: exit status ${status}`);
}
