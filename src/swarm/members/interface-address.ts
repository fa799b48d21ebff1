import { isIP } from 'node:net';

import { TsmachineError } from '../../base/errors.js';
import { parseNodeAddress } from '../model/node-address.js';
import type { HostAddress } from '../reach/host-addresses.js';

/** Whether a node's address names an interface, which only the host can resolve. */
export function namesInterface(text: string | undefined): text is string {
  return text !== undefined && parseNodeAddress(text)?.isIp === false;
}

/**
 * The address of an interface, with the port that was given. An engine resolves interfaces itself, and refuses those with two addresses of
 * a family, link-local ones included (moby daemon/cluster/listen_addr.go): of several, this is the one that the driver knows, else the only
 * one of IPv4.
 * @param text `eth0` or `eth0:2377`
 * @param there the addresses of the host, without link-local ones
 * @param known the addresses that the machine's driver reports
 * @throws TsmachineError SWARM_JOIN with the addresses to choose from
 */
export function addressOfInterface(machine: string, text: string, there: readonly HostAddress[], known: readonly string[]): string {
  const { host, port } = parseNodeAddress(text) ?? { host: text, port: undefined };
  const own = there.filter((one) => one.interface === host).map(({ ip }) => ip);
  const [only, ...others] =
    [own, own.filter((ip) => known.includes(ip)), own.filter((ip) => isIP(ip) === 4)].find((some) => some.length === 1) ?? own;
  if (only === undefined) {
    const list = there.map((one) => `${one.ip} (${one.interface})`).join(', ');
    throw new TsmachineError('SWARM_JOIN', `${machine} has no address on an interface "${host}"`, {
      hint: `It has ${list === '' ? 'no address' : list}`,
    });
  }
  if (others.length > 0) {
    throw new TsmachineError('SWARM_JOIN', `The interface ${host} of ${machine} has several addresses: ${own.join(', ')}`, {
      hint: 'Give one of them instead of the interface',
    });
  }
  return port === undefined ? only : isIP(only) === 6 ? `[${only}]:${port}` : `${only}:${port}`;
}
