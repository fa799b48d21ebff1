import type { Network } from '../../../base/cidr.js';

export function formatNetwork({ address, prefix }: Network): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/** Which of the subnets of `prefix` fixed bits that a pool is cut into is the first to overlap a network; counted from 0. */
export function firstSubnet(pool: Network, prefix: number, network: Network): number {
  return Math.max(0, Math.floor((network.address - pool.address) / 2 ** (32 - prefix)));
}
