import { BlockList, isIP, isIPv6 } from 'node:net';

import { firstAddress, formatNetwork, parseAddress, parseNetwork } from './cidr.js';

/** Networks of both families as text, in the one form that firewalls keep them in: `203.0.113.0/24`, `2001:db8::/32`. */

/** The network that a text names, without bits after the prefix; an address is a network of one. Undefined for any other text. */
export function networkOf(text: string): string | undefined {
  if (parseAddress(text) !== undefined) return `${text}/32`;
  const network = parseNetwork(text);
  if (network) return formatNetwork({ ...network, address: firstAddress(network) });
  const [, address = '', digits = '128'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return isIPv6(address) && Number(digits) <= 128 ? `${firstOf(address, Number(digits))}/${Number(digits)}` : undefined;
}

/** Whether an address is in a network, both as text; false for what is neither, and for those of different families. */
export function isWithin(address: string, network: string): boolean {
  const [first = '', digits] = (networkOf(network) ?? '').split('/');
  const [family, familyOfNetwork] = [isIP(address), isIP(first)];
  if (family === 0 || family !== familyOfNetwork) return false;
  const list = new BlockList();
  list.addSubnet(first, Number(digits), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv6 address with every bit after the prefix cleared, in its short form (RFC 5952). */
function firstOf(address: string, prefix: number): string {
  const [head = [], tail] = shortest(address)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const filling = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...filling, ...(tail ?? [])].map((group, i) => {
    const kept = Math.min(16, Math.max(0, prefix - 16 * i));
    return (parseInt(group, 16) & (0xffff << (16 - kept)) & 0xffff).toString(16);
  });
  return shortest(groups.join(':'));
}

function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
