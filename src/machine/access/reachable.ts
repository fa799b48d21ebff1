import type { SshEndpoint } from '../../base/shell.js';
import { TsmachineError } from '../../base/errors.js';
import { openMachine, type Machine } from '../machine.js';
import type { Session } from '../session.js';

/** How a running machine is reached over SSH. @throws TsmachineError MACHINE_STATE when it has no SSH or does not run (spec 2.11) */
export async function sshEndpoint(machine: Machine): Promise<SshEndpoint> {
  const { ssh } = await machine.where();
  if (!ssh) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no SSH: driver ${machine.module.name} knows only its engine`);
  if ((await machine.look()).state !== 'Running') {
    throw new TsmachineError('MACHINE_STATE', `Error: Cannot run SSH command: Host "${machine.name}" is not running`, {
      hint: `tsmachine start ${machine.name}`,
    });
  }
  return ssh;
}

/** Opens the machine a path names. The doubled words of a failure are Docker Machine's (spec 2.11). @throws as `openMachine` */
export async function machineOfPath(session: Session, name: string): Promise<Machine> {
  try {
    return await openMachine(session, name);
  } catch (error) {
    const cause = TsmachineError.from(error);
    throw new TsmachineError(cause.code, `Error loading host: Error loading host: ${cause.message}`, { cause, hint: cause.hint });
  }
}
