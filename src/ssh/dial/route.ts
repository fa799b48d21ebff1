import { TsmachineError } from '../../base/errors.js';
import { parseJump } from '../../base/ssh/jump-host.js';
import type { SshEndpoint } from '../../base/shell.js';

import type { Place } from './place.js';
import type { ConnectOptions } from '../types.js';
import { checkEndpoint } from '../endpoint.js';
import { localUser } from '../system/tokens.js';
import { readHostSettings, type HostSettings } from '../system/user-config.js';

/** One login on the way to the machine; the last hop is the machine itself. */
export interface Hop extends Place {
  readonly keyPath: string | undefined;
  readonly settings: HostSettings | undefined;
  /** The hop as the system's ssh would reach it. */
  readonly endpoint: SshEndpoint;
  /** A program whose input and output are the connection, instead of TCP. */
  readonly proxyCommand: string | undefined;
}

const maxJumps = 8;

/**
 * The logins in order. The endpoint's own values win (user, port, key, jump hosts); the user's ssh configuration supplies what they leave
 * open: the real host name behind an alias, ProxyJump, ProxyCommand, keys, agent.
 */
export async function planRoute(endpoint: SshEndpoint, options: ConnectOptions): Promise<Hop[]> {
  const env = options.env ?? process.env;
  const { io, signal } = options;
  checkEndpoint(options.machine, endpoint);
  const settings = await readHostSettings(endpoint.host, { user: endpoint.user, port: endpoint.port, io, signal, env });
  const jumps = endpoint.jump !== undefined && endpoint.jump.length > 0 ? endpoint.jump : (settings?.proxyJump ?? []);
  const target: Hop = {
    machine: options.machine,
    isJump: false,
    user: endpoint.user,
    host: settings?.hostname ?? endpoint.host,
    port: endpoint.port,
    keyPath: endpoint.keyPath,
    settings,
    endpoint,
    proxyCommand: jumps.length > 0 ? undefined : settings?.proxyCommand,
  };
  return [...(await planJumps(jumps, endpoint, options, maxJumps)), target];
}

async function planJumps(jumps: readonly string[], endpoint: SshEndpoint, options: ConnectOptions, left: number): Promise<Hop[]> {
  if (jumps.length > left) {
    throw new TsmachineError('FLAG_INVALID', `"${options.machine}": there are more than ${maxJumps} jump hosts in a row`, {
      hint: 'Check ~/.ssh/config for ProxyJump lines that form a loop.',
    });
  }
  const env = options.env ?? process.env;
  const hops: Hop[] = [];
  for (const [index, text] of jumps.entries()) {
    const jump = parseJump(text);
    const settings = await readHostSettings(jump.host, { user: jump.user, port: jump.port, io: options.io, signal: options.signal, env });
    // the first jump host may itself be reachable only through others
    const before = index === 0 ? (settings?.proxyJump ?? []) : [];
    const { keyPath } = endpoint;
    const login = { user: jump.user ?? settings?.user ?? localUser(), port: jump.port ?? settings?.port ?? 22 };
    hops.push(...(await planJumps(before, endpoint, options, left - jumps.length)), {
      machine: options.machine,
      isJump: true,
      ...login,
      host: settings?.hostname ?? jump.host,
      keyPath,
      settings,
      endpoint: { host: jump.host, ...login, ...(keyPath === undefined ? {} : { keyPath }), jump: jumps.slice(0, index) },
      proxyCommand: index === 0 && before.length === 0 ? settings?.proxyCommand : undefined,
    });
  }
  return hops;
}
