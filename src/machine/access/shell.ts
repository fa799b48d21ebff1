import { trustOf } from './connection.js';
import { openMachine } from '../machine.js';
import { sshEndpoint } from './reachable.js';
import type { Session } from '../session.js';

/**
 * An interactive shell on the machine, or one command, on the streams of this process.
 * @param args the command and its words; none for a shell
 * @param options.native use the built-in SSH client even where the system has one
 * @returns the remote exit status
 * @throws TsmachineError MACHINE_STATE when the machine is not running
 */
export async function openShell(
  session: Session,
  name: string,
  args: readonly string[] = [],
  options: { native?: boolean } = {},
): Promise<number> {
  const machine = await openMachine(session, name);
  const ssh = await sshEndpoint(machine);
  const { interactive } = await import('../../ssh/system/session.js');
  return interactive(ssh, {
    ...trustOf(session, machine, ssh),
    args: [...args],
    signal: session.signal,
    io: session.io,
    ...(options.native === undefined ? {} : { native: options.native }),
  });
}
