import { isIPv6 } from 'node:net';

import { TsmachineError } from '../errors.js';
import { isLoginName, isSshHost } from '../forms.js';

export interface JumpHost {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/**
 * Reads `[user@]host[:port]`, an IPv6 address in brackets, with or without `ssh://`.
 * @throws TsmachineError FLAG_INVALID.
 */
export function parseJump(text: string): JumpHost {
  const match = /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?:\[(?<v6>[^[\]]+)\]|(?<name>[^:@[\]/]+))(?::(?<port>\d{1,5}))?\/?$/.exec(text.trim());
  const { user, v6, name = '', port } = match?.groups ?? {};
  const isPort = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
  if ((v6 === undefined ? !isSshHost(name) : !isIPv6(v6)) || !isPort || (user !== undefined && !isLoginName(user))) {
    throw new TsmachineError('FLAG_INVALID', `${JSON.stringify(text)} is not a jump host`, {
      hint: 'Write [user@]host[:port], an IPv6 address in brackets.',
    });
  }
  return { host: v6 ?? name, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}

/** Whether a text names a jump host. */
export function isJump(text: string): boolean {
  try {
    parseJump(text);
    return true;
  } catch {
    return false;
  }
}
