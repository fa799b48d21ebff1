import { TsmachineError } from '../base/errors.js';
import type { GuestContext, GuestHostKey } from '../base/guest.js';
import type { RemoteShell } from '../base/shell.js';
import { adoptNextHostKey, ensureGuestKeys, forgetHostKeyExposed, pinNextHostKey, prepareNextHostKey } from './keys.js';

/** Opens one SSH connection for the duration of `use`, trusting what known_hosts has at that moment. */
export type Login = <T>(use: (shell: RemoteShell) => Promise<T>) => Promise<T>;

/**
 * Gives a guest another host key and pins it. For guests whose user data others can read: the host key in it secures the first login
 * alone. The new private key travels over that login, on standard input. A second login proves that the guest uses it; until then both
 * keys are pinned, so that an interruption anywhere locks nobody out and the next call goes on.
 * @throws TsmachineError REMOTE_COMMAND when the host cannot change its key, SSH_* when a login fails
 */
export async function renewHostKey(
  login: Login,
  { machineDir, machineName }: Pick<GuestContext, 'machineDir' | 'machineName'>,
): Promise<void> {
  const next = await prepareNextHostKey(machineDir, machineName);
  await login((shell) => install(shell, next, machineName));
  await pinNextHostKey(machineDir, machineName);
  try {
    await login((shell) => shell.exec('true'));
  } catch (error) {
    await ensureGuestKeys(machineDir, machineName);
    throw error;
  }
  await adoptNextHostKey(machineDir, machineName);
  await forgetHostKeyExposed(machineDir);
}

async function install(shell: RemoteShell, next: GuestHostKey, machineName: string): Promise<void> {
  const variables = { PRIVATE: next.private.trimEnd(), PUBLIC: next.public.trim() };
  const { exitCode, stdout, stderr } = await shell.rootScript('guest/renew-host-key.sh', variables, { ok: [0, 40] });
  if (exitCode === 0) return;
  throw new TsmachineError('REMOTE_COMMAND', `The SSH host key of ${machineName} could not be changed: ${stderr.trim() || stdout.trim()}`);
}
