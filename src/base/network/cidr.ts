import { isIPv4 } from 'node:net';

/** The arithmetic of IPv4 addresses and networks. An address is a number from 0 to 2^32 - 1. */

/** An address and the length of its network's prefix. Bits after the prefix may be set: then it is a host in that network. */
export interface Network {
  readonly address: number;
  readonly prefix: number;
}

/** Undefined for what is not an IPv4 address in dotted form. */
export function parseAddress(text: string): number | undefined {
  return isIPv4(text) ? text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) : undefined;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** An IPv4 network such as `10.20.0.0/16`, bits after the prefix as they are written; undefined for any other text. */
export function parseNetwork(text: string): Network | undefined {
  const [, written = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const [address, prefix] = [parseAddress(written), Number(digits)];
  return address === undefined || prefix > 32 ? undefined : { address, prefix };
}

export function formatNetwork({ address, prefix }: Network): string {
  return `${formatAddress(address)}/${prefix}`;
}

/** How many addresses a network has. */
export function sizeOf({ prefix }: Pick<Network, 'prefix'>): number {
  return 2 ** (32 - prefix);
}

/** The network's own address: the first one, with no bit set after the prefix. */
export function firstAddress(network: Network): number {
  return network.address - (network.address % sizeOf(network));
}

/** The network's broadcast address. */
export function lastAddress(network: Network): number {
  return firstAddress(network) + sizeOf(network) - 1;
}

/** `255.255.255.0` for 24. */
export function maskOf(prefix: number): string {
  return formatAddress(2 ** 32 - sizeOf({ prefix }));
}

/** 24 for `255.255.255.0`; undefined for what is not a mask. */
export function prefixOfMask(mask: string): number | undefined {
  return Array.from({ length: 33 }, (_, prefix) => prefix).find((prefix) => maskOf(prefix) === mask);
}

export function overlap(one: Network, other: Network): boolean {
  return firstAddress(one) <= lastAddress(other) && firstAddress(other) <= lastAddress(one);
}

/** Whether all addresses of `inner` are in `outer`. */
export function contains(outer: Network, inner: Network): boolean {
  return firstAddress(outer) <= firstAddress(inner) && lastAddress(inner) <= lastAddress(outer);
}

/** The subnets of this prefix length that a network is divided into, in order. */
export function* subnets(network: Network, prefix: number): Generator<Network> {
  for (let address = firstAddress(network); address <= lastAddress(network); address += sizeOf({ prefix })) yield { address, prefix };
}

/** Which of the subnets of this prefix length is the first that overlaps another network; counted from 0. The two networks overlap. */
export function firstSubnet(network: Network, prefix: number, other: Network): number {
  return Math.max(0, Math.floor((firstAddress(other) - firstAddress(network)) / sizeOf({ prefix })));
}
