import type { SshEndpoint } from '../../base/shell.js';
import type { DriverFeatures } from '../../driver/contract.js';
import type { Trust } from '../../ssh/system/system-client.js';
import type { ConnectOptions, SshConnection } from '../../ssh/types.js';
import type { Session } from '../session.js';

/** What a login takes from a machine besides its endpoint. */
export interface LoginMachine {
  readonly name: string;
  readonly module: { readonly features: Pick<DriverFeatures, 'hostKeyKnown'> };
}

/** Which of a login's options differ from a machine's usual ones. */
export type LoginChanges = Partial<Pick<ConnectOptions, 'knownHostsFile' | 'unknownHostKey' | 'timeout' | 'waitFor' | 'retryAuth'>>;

/** Where a machine's host key is pinned, and whether an unknown key is trusted: the machine's endpoint decides, else its driver. */
export function trustOf(session: Session, { name, module }: LoginMachine, endpoint: SshEndpoint): Required<Omit<Trust, 'jumps'>> {
  return {
    machine: name,
    knownHostsFile: session.store.machine(name).knownHosts,
    unknownHostKey: (endpoint.hostKeyKnown ?? module.features.hostKeyKnown) ? 'refuse' : 'trust',
  };
}

/** The options of every connection to a machine. */
export function loginOptions(
  session: Session,
  machine: LoginMachine,
  endpoint: SshEndpoint,
  changes: LoginChanges = {},
): ConnectOptions & { readonly env: NodeJS.ProcessEnv } {
  const { io, signal, env } = session;
  return { ...trustOf(session, machine, endpoint), io, signal, env, ...changes };
}

/** Logs in on a machine with the built-in client; the caller closes the connection. @throws TsmachineError SSH_* */
export async function logIn(
  session: Session,
  machine: LoginMachine,
  endpoint: SshEndpoint,
  changes?: LoginChanges,
): Promise<SshConnection> {
  const { connect } = await import('../../ssh/dial/connect.js');
  return connect(endpoint, loginOptions(session, machine, endpoint, changes));
}
