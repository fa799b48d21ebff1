import type { ExecOptions, ExecResult } from '../../base/shell.js';
import { openMachine } from '../machine.js';
import type { Session } from '../session.js';
import { connectTo } from './connection.js';

/** What may be said of a command on a machine. */
export type CommandOptions = Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'>;

/**
 * Runs one command on a machine, over a connection of its own, as the login user and in that user's shell: quote what comes from outside.
 * @param options.timeout milliseconds; default 60 000
 * @param options.ok exit statuses that are not errors; default only 0
 * @throws TsmachineError REMOTE_COMMAND for another exit status or when time is over, MACHINE_STATE when the machine is not running, SSH_*
 */
export async function runCommand(session: Session, name: string, command: string, options: CommandOptions = {}): Promise<ExecResult> {
  const connection = await connectTo(session, await openMachine(session, name));
  try {
    return await connection.exec(command, options);
  } finally {
    await connection.close();
  }
}
