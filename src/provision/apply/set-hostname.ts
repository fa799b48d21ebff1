import { TsmachineError } from '../../base/errors.js';
import { isHostName } from '../../base/forms.js';
import type { RemoteShell } from '../../base/shell.js';
import type { HostFacts } from '../look/facts.js';

/**
 * Sets the host name to the machine's name and makes /etc/hosts resolve it, unless both are so already. Docker Machine does the same.
 * A machine of an old store may have a name that no host can have: its host keeps the one that it has.
 * @throws TsmachineError REMOTE_COMMAND
 */
export async function setHostname(shell: RemoteShell, facts: HostFacts, machine: string): Promise<void> {
  if (!isHostName(machine)) return;
  const known = facts.loopbackHosts.some((line) => line.split('#')[0]?.trim().split(/\s+/).slice(1).includes(machine));
  if (facts.hostname === machine && known) return;
  const file = facts.family === 'boot2docker' ? '/var/lib/boot2docker/etc/hostname' : '/etc/hostname';
  const result = await shell.rootScript('provision/hostname.sh', { NAME: machine, FILE: file }, { ok: [0, 40] });
  if (result.exitCode === 0) return;
  throw new TsmachineError(
    'REMOTE_COMMAND',
    `The host name of ${machine} could not be set: ${result.stderr.trim() || result.stdout.trim()}`,
  );
}
