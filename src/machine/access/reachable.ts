import type { SshEndpoint } from '../../base/shell.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Trust } from '../../ssh/system/system-client.js';
import { openMachine, type Machine } from '../machine.js';
import type { Session } from '../session.js';
import { trustOf } from './login.js';

/** What the system's own programs (ssh, rsync, sshfs) need to log in. */
export interface SystemLogin {
  readonly endpoint: SshEndpoint;
  readonly trust: Required<Trust>;
}

/**
 * How a running machine is reached over SSH.
 * @param user another login than the machine's own
 * @throws TsmachineError MACHINE_STATE when it has no SSH or does not run
 */
export async function systemLogin(session: Session, machine: Machine, user?: string): Promise<SystemLogin> {
  const { ssh, state } = await machine.look();
  if (!ssh)
    throw new TsmachineError('MACHINE_STATE', `${machine.name} has no SSH: its driver, ${machine.module.name}, only knows the engine`);
  if (state !== 'Running') {
    throw new TsmachineError('MACHINE_STATE', `Error: Cannot run SSH command: Host "${machine.name}" is not running`, {
      hint: run('start', machine.name),
    });
  }
  const endpoint = user === undefined ? ssh : { ...ssh, user };
  return { endpoint, trust: trustOf(session, machine, endpoint) };
}

/**
 * Opens the machine that a path names. On failure the prefix is doubled, as Docker Machine prints it
 * (docs/compatibility.md: Errors).
 * @throws as `openMachine`
 */
export async function machineOfPath(session: Session, name: string): Promise<Machine> {
  try {
    return await openMachine(session, name);
  } catch (error) {
    const cause = TsmachineError.from(error);
    throw new TsmachineError(cause.code, say`Error loading host: Error loading host: ${cause.text}`, { cause, hint: cause.hint });
  }
}
