import { firstAddress, parseNetwork } from '../../base/network/cidr.js';

/** What is wrong with an address pool of a swarm, as "must ..."; undefined when nothing is. */
export function poolFault(text: string): string | undefined {
  const network = parseNetwork(text);
  if (!network) return 'must be an IPv4 network such as 10.20.0.0/16';
  if (network.prefix > 29 || network.prefix === 0) return 'must have a prefix from /1 to /29: a network of the swarm needs eight addresses';
  if (network.address !== firstAddress(network)) return `must begin at a /${network.prefix} boundary: bits after the prefix are set`;
  return undefined;
}

/**
 * Why a swarm with these pools can make no network. Engines accept such pools over their API, where a missing length is 0.
 * @param subnetSize prefix length of the networks cut from the pools
 */
export function subnetFault(pools: readonly string[], subnetSize: number): string | undefined {
  const small = pools.find((pool) => (parseNetwork(pool)?.prefix ?? 0) > subnetSize);
  if (small === undefined) return undefined;
  return `The address pool ${small} of the swarm is cut into networks of /${subnetSize}, larger than the pool: no network can be made`;
}
