import { openMachine } from '../machine.js';
import { sshLogin } from './reachable.js';
import type { Session } from '../session.js';

/**
 * An interactive shell on the machine, or one command, on the streams of this process.
 * @param args the command and its words; none for a shell
 * @param options.native use the built-in client, not the system's ssh
 * @returns the remote exit status
 * @throws TsmachineError MACHINE_STATE when the machine is not running
 */
export async function openShell(
  session: Session,
  name: string,
  args: readonly string[] = [],
  { native = false }: { native?: boolean } = {},
): Promise<number> {
  const { io, signal, env } = session;
  const { endpoint, trust } = await sshLogin(session, await openMachine(session, name));
  const { interactive } = await import('../../ssh/system/session.js');
  return interactive(endpoint, { ...trust, args: [...args], signal, io, env, native });
}
