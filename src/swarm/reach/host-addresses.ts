import { connectTo } from '../../machine/access/connection.js';
import type { Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

export interface HostAddress {
  readonly interface: string;
  readonly ip: string;
}

/** The addresses of a host as it lists them, without those that only it can use; undefined when it cannot be asked. */
export async function hostAddresses(session: Session, machine: Machine): Promise<HostAddress[] | undefined> {
  try {
    const connection = await connectTo(session, machine);
    try {
      return addressesIn((await connection.exec('ip -o addr show', { timeout: 10_000 })).stdout);
    } finally {
      await connection.close();
    }
  } catch (error) {
    session.signal.throwIfAborted();
    session.io.debug(`Cannot read the addresses of ${machine.name}: ${String(error)}`);
    return undefined;
  }
}

/** What `ip -o addr show` prints: `2: eth0    inet 192.0.2.7/24 brd …`. */
export function addressesIn(text: string): HostAddress[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', ip = ''] = /^\d+:\s+(\S+)\s+inet6?\s+([^\s/]+)/.exec(line) ?? [];
    return ip === '' || /^(127\.|::1$|fe80:|169\.254\.)/.test(ip) ? [] : [{ interface: name, ip }];
  });
}
