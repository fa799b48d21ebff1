import { isIPv4 } from 'node:net';

export interface Network {
  /** As a number. */
  readonly address: number;
  readonly prefix: number;
}

/** An IPv4 network such as `10.20.0.0/16`; undefined for another text. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const prefix = Number(digits);
  if (!isIPv4(address) || digits === '' || prefix > 32) return undefined;
  return { address: address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0), prefix };
}

/** What is wrong with an address pool, after "must be". */
export function poolFault(text: string): string | undefined {
  const network = parseNetwork(text);
  if (!network) return 'must be an IPv4 network such as 10.20.0.0/16';
  if (network.prefix > 29 || network.prefix === 0) return 'must have a prefix from /1 to /29: a network of the swarm needs eight addresses';
  if (network.address % sizeOf(network) !== 0) return `must begin where its /${network.prefix} does: bits after the prefix are set`;
  return undefined;
}

export function overlap(one: Network, other: Network): boolean {
  const size = Math.max(sizeOf(one), sizeOf(other));
  return Math.floor(one.address / size) === Math.floor(other.address / size);
}

const sizeOf = ({ prefix }: Network) => 2 ** (32 - prefix);
