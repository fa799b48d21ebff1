import type { SshEndpoint } from '../driver/contract.js';

import type { ConnectOptions, SshConnection } from './types.js';

export type { ConnectOptions, SshConnection } from './types.js';

/** Logs in once and returns the connection. Signature first; the body follows. */
export function connect(endpoint: SshEndpoint, options: ConnectOptions): Promise<SshConnection> {
  return Promise.reject(new Error(`connect(${endpoint.host}, ${options.machine})`));
}
