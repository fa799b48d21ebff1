import { isIP } from 'node:net';

export interface NodeAddress {
  /** IP address or interface. */
  readonly host: string;
  readonly isIp: boolean;
  readonly port?: number;
}

/** `10.0.0.1`, `10.0.0.1:2377`, `fd00::1`, `[fd00::1]:2377`, `eth1` or `eth1:2377`, as the engine reads them; else undefined. */
export function parseNodeAddress(text: string): NodeAddress | undefined {
  if (text.includes('%')) return undefined;
  if (isIP(text) > 0) return { host: text, isIp: true };
  const [, ipv6, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = ipv6 ?? plain ?? '';
  const isIp = isIP(host) > 0;
  if (!isIp && (ipv6 !== undefined || !isInterface(host))) return undefined;
  if (digits === undefined) return ipv6 === undefined ? { host, isIp } : undefined;
  const port = Number(digits);
  return port < 1 || port > 65_535 ? undefined : { host, isIp, port };
}

/** Linux takes 15 characters. What ends like a domain is one: the engine resolves no names. */
function isInterface(text: string): boolean {
  return text.length <= 15 && /^[^\s/:]+$/.test(text) && !/^[\d.]+$/.test(text) && !/\.[a-z]{2,}\.?$/i.test(text);
}

const form = 'an IP address or the name of an interface; DNS names are refused by the engine';

/** The address that other nodes use. */
export function advertisedFault(text: string): string | undefined {
  const address = parseNodeAddress(text);
  if (!address) return `must be ${form}`;
  return isUnspecified(address) ? 'must be one address: other nodes cannot connect to all of them' : undefined;
}

/** As `advertisedFault`, without a port. */
export function dataPathFault(text: string): string | undefined {
  return parseNodeAddress(text)?.port === undefined ? advertisedFault(text) : 'takes no port: data-path-port of the swarm sets it';
}

export function listenFault(text: string): string | undefined {
  return parseNodeAddress(text) ? undefined : `must be ${form}`;
}

function isUnspecified({ host, isIp }: NodeAddress): boolean {
  return isIp && /^[0.:]+$/.test(host);
}
