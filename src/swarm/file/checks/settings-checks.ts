import type { SettingsSection } from '../document.js';
import { finding, type FileFinding } from './file-finding.js';
import { overlap, parseNetwork } from '../../../base/network/cidr.js';

/** The engine's default. */
const defaultMaskLength = 24;

/** Settings that contradict each other (see the engine's validateDefaultAddrPool). */
export function checkSettings(settings: SettingsSection): FileFinding[] {
  return [...checkMaskLength(settings), ...checkOverlaps(settings['default-addr-pool'] ?? [])];
}

function checkMaskLength({ 'default-addr-pool': pools = [], 'default-addr-pool-mask-length': said }: SettingsSection): FileFinding[] {
  const length = said ?? defaultMaskLength;
  return pools.flatMap((pool, i) => {
    const prefix = parseNetwork(pool)?.prefix ?? 0;
    if (prefix <= length) return [];
    if (said === undefined) {
      const wanted = prefix === 29 ? '29' : `${prefix} to 29`;
      const message = `no /24 network fits in a /${prefix}: set default-addr-pool-mask-length to ${wanted}`;
      return finding('error', 'value', `/swarm/default-addr-pool/${i}`, `swarm.default-addr-pool: ${message}`);
    }
    const key = 'default-addr-pool-mask-length';
    return finding('error', 'value', `/swarm/${key}`, `swarm.${key}: no /${said} network fits in a pool of /${prefix}`);
  });
}

function checkOverlaps(pools: readonly string[]): FileFinding[] {
  const networks = pools.map(parseNetwork);
  return networks.flatMap((network, i) => {
    const other = network && networks.findIndex((before, j) => j < i && before !== undefined && overlap(before, network));
    if (other === undefined || other < 0) return [];
    const message = 'swarm.default-addr-pool: this pool overlaps another pool in the list';
    return finding('error', 'value', `/swarm/default-addr-pool/${i}`, message);
  });
}
