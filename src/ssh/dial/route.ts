import { userInfo } from 'node:os';

import { TsmachineError } from '../../base/errors.js';
import type { SshEndpoint } from '../../base/shell.js';

import type { Place } from './place.js';
import type { ConnectOptions } from '../types.js';
import { readHostSettings, type HostSettings } from '../system/user-config.js';

/** One login on the way to the machine; the last hop is the machine itself. */
export interface Hop extends Place {
  readonly keyPath: string | undefined;
  readonly settings: HostSettings | undefined;
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
    hops.push(...(await planJumps(before, endpoint, options, left - jumps.length)), {
      machine: options.machine,
      isJump: true,
      user: jump.user ?? settings?.user ?? userInfo().username,
      host: settings?.hostname ?? jump.host,
      port: jump.port ?? settings?.port ?? 22,
      keyPath: endpoint.keyPath,
      settings,
      proxyCommand: index === 0 && before.length === 0 ? settings?.proxyCommand : undefined,
    });
  }
  return hops;
}

/**
 * Reads `[user@]host[:port]`, an IPv6 address in brackets, with or without `ssh://`.
 * @throws TsmachineError FLAG_INVALID.
 */
export function parseJump(text: string): { user?: string; host: string; port?: number } {
  const match =
    /^(?:ssh:\/\/)?(?:(?<user>[^@\s]+)@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^-:@/\s[\]][^:@/\s[\]]*))(?::(?<port>\d{1,5}))?\/?$/.exec(
      text.trim(),
    );
  const { user, v6, host, port } = match?.groups ?? {};
  const name = v6 ?? host;
  if (name === undefined || (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) || user?.startsWith('-') === true) {
    throw new TsmachineError('FLAG_INVALID', `"${text}" is not a jump host`, {
      hint: 'Write [user@]host[:port], an IPv6 address in brackets.',
    });
  }
  return { host: name, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}
