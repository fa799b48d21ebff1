import type { GroupSection } from '../document.js';
import { finding, type Finding } from './finding.js';
import { parseNodeAddress } from '../../model/node-address.js';
import { pointerTo } from '../text/pointer.js';

/** What the keys of one group do to each other, and what is unwise in it. */
export function checkGroup(name: string, group: GroupSection): Finding[] {
  const at = pointerTo('/groups', name);
  return [...checkAddresses(at, name, group), ...checkEngineOptions(at, name, group), ...checkLabels(at, name, group)];
}

/** An IP address belongs to one host; to listen on all addresses is for every host. */
function checkAddresses(at: string, name: string, group: GroupSection): Finding[] {
  const machines = group.names?.length ?? group.count ?? 0;
  return (['advertise-addr', 'data-path-addr', 'listen-addr'] as const).flatMap((key) => {
    const address = parseNodeAddress(group[key] ?? '');
    if (!address?.isIp) return [];
    const where = `groups.${name}.${key}`;
    if (machines > 1 && !/^[0.:]+$/.test(address.host)) {
      const advice = 'name an interface, or give each its own group';
      return finding('error', 'value', `${at}/${key}`, `${where}: one address cannot belong to ${machines} machines: ${advice}`);
    }
    if (key === 'listen-addr' || !/^(127\.|::1$)/.test(address.host)) return [];
    return finding('warning', 'value', `${at}/${key}`, `${where}: no other node reaches a loopback address`);
  });
}

/** What dockerd refuses to combine with a swarm (its IsSwarmCompatible). */
function checkEngineOptions(at: string, name: string, { engine = {} }: GroupSection): Finding[] {
  return (engine.opts ?? []).flatMap((option, i) => {
    const [, flag, value = 'true'] = /^([^=]*)(?:=(.*))?$/.exec(option) ?? [];
    const [pointer, where] = [`${at}/engine/opts/${i}`, `groups.${name}.engine.opts`];
    if (flag === 'live-restore' && !/^(false|f|0)$/i.test(value)) {
      return finding('error', 'value', pointer, `${where}: live-restore does not go with a swarm`);
    }
    if (flag !== 'firewall-backend' || value !== 'nftables') return [];
    const unless = 'unless its feature swarm-nftables is on';
    return finding('warning', 'value', pointer, `${where}: the engine joins no swarm with the nftables backend ${unless}`);
  });
}

/** Keys that swarmkit's constraints cannot spell. */
function checkLabels(at: string, name: string, { labels = {} }: GroupSection): Finding[] {
  return Object.keys(labels)
    .filter((key) => !/^[\w.-]+$/.test(key))
    .map((key) => {
      const message = `no constraint can name ${JSON.stringify(key)}: it takes letters, digits, "-", "_" and "."`;
      return finding('warning', 'key', pointerTo(at, 'labels', key), `groups.${name}.labels: ${message}`);
    });
}
