import type { SshConnection } from '../ssh/types.js';
import { TsmachineError } from './errors.js';
import type { Machine } from './machine.js';
import type { Session } from './session.js';

/** How long a host that was just made may take until its SSH server answers, in milliseconds. */
const bootTimeout = 180_000;

/**
 * Opens the machine's one SSH connection. A host of our own is waited for while it boots; somebody else's answers now or not at all.
 * @param as another login than the machine's own; `within`: milliseconds for one attempt, for who cannot wait for a host that boots
 * @throws TsmachineError MACHINE_STATE when the machine has no SSH; SSH_* as classified by the SSH layer.
 */
export async function connectTo(
  session: Session, machine: Machine, as: { readonly user?: string | undefined; readonly within?: number } = {},
): Promise<SshConnection> {
  const endpoint = await machine.driver.endpoint(machine.data, machine.ctx);
  if (!endpoint.ssh) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no SSH address`, { hint: `tsmachine status ${machine.name}` });
  const { ownsHost, hostKeyKnown } = machine.module.features;
  const { connect } = await import('../ssh/connect.js');
  return connect(as.user === undefined ? endpoint.ssh : { ...endpoint.ssh, user: as.user }, {
    machine: machine.name,
    knownHostsFile: session.store.machine(machine.name).knownHosts,
    unknownHostKey: hostKeyKnown ? 'refuse' : 'trust',
    io: session.io,
    signal: session.signal,
    env: session.env,
    ...(as.within !== undefined ? { timeout: as.within } : ownsHost ? { waitFor: bootTimeout, retryAuth: true } : {}),
  });
}
