import { parseNetwork, type Network } from '../../../base/network/cidr.js';

export interface Route extends Network {
  readonly device: string;
}

/** The routes to other networks in the output of `ip -o -4 route show table all`: neither default routes nor the host's own addresses. */
export function parseRoutes(lines: readonly string[]): Route[] {
  return lines.flatMap((line) => {
    const [, target = ''] = /^(?:unicast\s+|blackhole\s+|unreachable\s+)?(\d\S*)/.exec(line) ?? [];
    const network = parseNetwork(target.includes('/') ? target : `${target}/32`);
    if (!network || network.prefix === 0) return [];
    return [{ ...network, device: /\bdev\s+(\S+)/.exec(line)?.[1] ?? '' }];
  });
}
