import type { FileConnection, SshConnection } from '../../ssh/types.js';
import { TsmachineError } from '../../base/errors.js';
import type { SshEndpoint } from '../../base/shell.js';
import { lines, run, say } from '../../base/text.js';
import type { Machine } from '../machine.js';
import type { Session } from '../session.js';
import { logIn, loginOptions } from './login.js';
import { withoutAddress } from './reachable.js';

/** How long a host that was just created may take until its SSH server answers, in milliseconds. */
const bootTimeout = 180_000;

interface ConnectionOptions {
  /** Another login than the machine's own. */
  readonly user?: string | undefined;
  /** Milliseconds for the only attempt; a host that boots is then not waited for. */
  readonly within?: number;
}

/**
 * Opens an SSH connection to the machine. A host that tsmachine created is waited for while it boots; any other answers now or fails.
 * @throws TsmachineError MACHINE_STATE when the machine has no SSH; SSH_* as classified by the SSH layer
 */
export async function connectTo(session: Session, machine: Machine, options: ConnectionOptions = {}): Promise<SshConnection> {
  const { within } = options;
  const waiting = machine.module.features.ownsHost ? { waitFor: bootTimeout, retryAuth: true } : {};
  const endpoint = await endpointOf(machine, options);
  try {
    return await logIn(session, machine, endpoint, within === undefined ? waiting : { timeout: within });
  } catch (error) {
    throw perhapsClosed(machine, error);
  }
}

/** Who is silent may be behind a firewall of the provider's that does not know this computer's address of today. */
function perhapsClosed({ name, driver }: Machine, error: unknown): unknown {
  if (!driver.allow || !TsmachineError.is(error) || error.code !== 'SSH_TIMEOUT') return error;
  const hint = say`If your address has changed since, let it in: ${run('allow', name)}`;
  return new TsmachineError(error.code, error.text, { cause: error, exit: error.exit, hint: lines([error.hint, hint]) });
}

/**
 * Opens a connection for large transfers: by the system's ssh where it logs in without asking anything, else as `connectTo`.
 * @throws as `connectTo`
 */
export async function connectForData(session: Session, machine: Machine, options: ConnectionOptions = {}): Promise<FileConnection> {
  const endpoint = await endpointOf(machine, options);
  const { shareLogin } = await import('../../ssh/system/shared-login.js');
  const login = await shareLogin(endpoint, loginOptions(session, machine, endpoint));
  if (login === undefined) return connectTo(session, machine, options);
  const { SharedConnection } = await import('../../ssh/system/shared-connection.js');
  const { user, host, port } = endpoint;
  const place = { machine: machine.name, isJump: false, user, host, port };
  return new SharedConnection(login, place, session.signal, () => connectTo(session, machine, options));
}

async function endpointOf(machine: Machine, { user }: ConnectionOptions): Promise<SshEndpoint> {
  const { ssh } = await machine.where();
  if (!ssh) throw withoutAddress(machine);
  return user === undefined ? ssh : { ...ssh, user };
}
