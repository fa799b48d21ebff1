import type { FileConnection, SshConnection } from '../../ssh/types.js';
import type { SshEndpoint } from '../../base/shell.js';
import type { Trust } from '../../ssh/system/system-client.js';
import { TsmachineError } from '../../base/errors.js';
import type { Machine } from '../machine.js';
import type { Session } from '../session.js';

/** How long a host that was just made may take until its SSH server answers, in milliseconds. */
const bootTimeout = 180_000;

interface As {
  /** Another login than the machine's own. */
  readonly user?: string | undefined;
  /** Milliseconds for one attempt, for who cannot wait for a host that boots. */
  readonly within?: number;
}

/**
 * Opens the machine's one SSH connection. A host of our own is waited for while it boots; somebody else's answers now or not at all.
 * @throws TsmachineError MACHINE_STATE when the machine has no SSH; SSH_* as classified by the SSH layer.
 */
export async function connectTo(session: Session, machine: Machine, as: As = {}): Promise<SshConnection> {
  const endpoint = await endpointOf(machine, as);
  const { ownsHost } = machine.module.features;
  const { connect } = await import('../../ssh/dial/connect.js');
  return connect(endpoint, {
    ...trustOf(session, machine, endpoint),
    io: session.io,
    signal: session.signal,
    env: session.env,
    ...(as.within !== undefined ? { timeout: as.within } : ownsHost ? { waitFor: bootTimeout, retryAuth: true } : {}),
  });
}

/**
 * Opens a connection for much data: by the system's ssh where it logs in without a question, else as `connectTo`.
 * @throws as `connectTo`
 */
export async function connectForData(session: Session, machine: Machine, as: As = {}): Promise<FileConnection> {
  const endpoint = await endpointOf(machine, as);
  const { io, signal, env } = session;
  const { shareLogin } = await import('../../ssh/system/shared-login.js');
  const login = await shareLogin(endpoint, { ...trustOf(session, machine, endpoint), io, signal, env });
  if (login === undefined) return connectTo(session, machine, as);
  const { SharedConnection } = await import('../../ssh/system/shared-connection.js');
  const { user, host, port } = endpoint;
  const place = { machine: machine.name, isJump: false, user, host, port };
  return new SharedConnection(login, place, signal, () => connectTo(session, machine, as));
}

/** Whose key is expected of a machine. */
export function trustOf(
  session: Session,
  machine: Machine,
  { hostKeyKnown = machine.module.features.hostKeyKnown }: SshEndpoint,
): Required<Trust> {
  return {
    machine: machine.name,
    knownHostsFile: session.store.machine(machine.name).knownHosts,
    unknownHostKey: hostKeyKnown ? 'refuse' : 'trust',
  };
}

async function endpointOf(machine: Machine, { user }: As): Promise<SshEndpoint> {
  const { ssh } = await machine.where();
  if (!ssh) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no SSH address`, { hint: `tsmachine status ${machine.name}` });
  return user === undefined ? ssh : { ...ssh, user };
}
