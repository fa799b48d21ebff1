import { isIPv4 } from 'node:net';

import { TsmachineError } from '../../../src/base/errors.js';

/** An IPv4 address in its network. */
export interface HostCidr {
  readonly ip: string;
  readonly prefix: number;
  readonly mask: string;
  /** First address, as a number. */
  readonly network: number;
  /** Last address, as a number. */
  readonly last: number;
}

/**
 * `192.168.99.1/24`: this computer's own address on a host-only network.
 * @throws TsmachineError FLAG_INVALID in Docker Machine's words
 */
export function parseHostCidr(text: string): HostCidr {
  const cidr = parseCidr(text);
  if (!cidr)
    throw new TsmachineError('FLAG_INVALID', `invalid CIDR address: ${text}`, {
      hint: 'Such as --virtualbox-hostonly-cidr 192.168.56.1/24',
    });
  if (numberOfIp(cidr.ip) === cidr.network) {
    throw new TsmachineError('FLAG_INVALID', 'host-only cidr must be specified with a host address, not a network address', {
      hint: `Such as ${ipOfNumber(cidr.network + 1)}/${cidr.prefix}`,
    });
  }
  return cidr;
}

/** Any `address/prefix` of IPv4 from /8 to /30, or undefined. */
export function parseCidr(text: string): HostCidr | undefined {
  const [ip = '', length = ''] = text.split('/');
  const prefix = Number(length);
  if (!isIPv4(ip) || !/^\d{1,2}$/.test(length) || prefix > 30) return undefined;
  const size = 2 ** (32 - prefix);
  const network = Math.floor(numberOfIp(ip) / size) * size;
  return { ip, prefix, mask: ipOfNumber(2 ** 32 - size), network, last: network + size - 1 };
}

export function overlap(a: HostCidr, b: HostCidr): boolean {
  return a.network <= b.last && b.network <= a.last;
}

/** Whether `outer` holds all of `inner`. */
export function within(inner: HostCidr, outer: HostCidr): boolean {
  return inner.network >= outer.network && inner.last <= outer.last;
}

export function prefixOfMask(mask: string): number {
  return numberOfIp(mask).toString(2).replace(/0/g, '').length;
}

export function numberOfIp(ip: string): number {
  return ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function ipOfNumber(value: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
