import type { SshEndpoint } from '../../base/shell.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say, type Text } from '../../base/text.js';
import type { Trust } from '../../ssh/system/system-client.js';
import { openMachine, type Machine } from '../machine.js';
import type { Session } from '../session.js';
import { trustOf } from './login.js';

/** What the system's own programs (ssh, rsync, sshfs) need to log in. */
export interface SystemLogin {
  readonly endpoint: SshEndpoint;
  readonly trust: Trust;
}

/**
 * How a running machine is reached over SSH.
 * @param user another login than the machine's own
 * @throws TsmachineError MACHINE_STATE when it has no SSH or does not run
 */
export async function sshLogin(session: Session, machine: Machine, user?: string): Promise<SystemLogin> {
  if (!machine.module.features.provision) throw withoutSsh(machine);
  const { ssh, state } = await machine.look();
  if (state !== 'Running') {
    throw new TsmachineError('MACHINE_STATE', `Error: Cannot run SSH command: Host "${machine.name}" is not running`, {
      hint: run('start', machine.name),
    });
  }
  if (!ssh) throw withoutAddress(machine);
  const endpoint = user === undefined ? ssh : { ...ssh, user };
  return { endpoint, trust: trustOf(session, machine, endpoint) };
}

/**
 * As `sshLogin`, for the system's own programs: they know pinned host keys alone, so the machine's is pinned from here on.
 * @throws TsmachineError also SSH_HOST_KEY_*
 */
export async function systemLogin(session: Session, machine: Machine, user?: string): Promise<SystemLogin> {
  const { endpoint, trust } = await sshLogin(session, machine, user);
  const { systemTrust } = await import('../../ssh/system/first-contact.js');
  return { endpoint, trust: await systemTrust(endpoint, trust, session) };
}

/** What needs the host asked for a machine that is only an engine's URL. */
export function withoutSsh({ name, module }: Machine, hint?: Text): TsmachineError {
  return new TsmachineError('MACHINE_STATE', `${name} has no SSH: its driver, ${module.name}, only knows the engine`, { hint });
}

/** Where its host is reached is not known yet, or no longer. */
export function withoutAddress({ name }: Machine): TsmachineError {
  return new TsmachineError('MACHINE_STATE', `${name} has no SSH address`, { hint: run('status', name) });
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
