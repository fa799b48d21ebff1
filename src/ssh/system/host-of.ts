import type { SshHost } from '../../base/shell.js';

import { configuredUser, readHostSettings, type HostSettingsQuery } from './user-config.js';

/**
 * What the user's ssh configuration makes of a host's name, for who only wants to know where it is.
 * @throws the signal's reason when aborted
 */
export async function sshHostOf(host: string, query: HostSettingsQuery): Promise<SshHost> {
  const settings = await readHostSettings(host, query);
  if (settings === undefined) return { host, user: undefined, port: undefined, proxied: false };
  const { hostname, port, proxyJump, proxyCommand } = settings;
  const user = query.user ?? (await configuredUser(host, query));
  return { host: hostname, user, port, proxied: proxyJump.length > 0 || proxyCommand !== undefined };
}
