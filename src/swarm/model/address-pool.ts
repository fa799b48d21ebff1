import { firstAddress, parseNetwork } from '../../base/cidr.js';

/** What is wrong with an address pool of a swarm, as "must ..."; undefined when nothing is. */
export function poolFault(text: string): string | undefined {
  const network = parseNetwork(text);
  if (!network) return 'must be an IPv4 network such as 10.20.0.0/16';
  if (network.prefix > 29 || network.prefix === 0) return 'must have a prefix from /1 to /29: a network of the swarm needs eight addresses';
  if (network.address !== firstAddress(network)) return `must begin at a /${network.prefix} boundary: bits after the prefix are set`;
  return undefined;
}
