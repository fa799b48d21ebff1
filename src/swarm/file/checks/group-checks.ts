import { isPlainHttp } from '../../../base/forms.js';
import type { GroupSection } from '../document.js';
import { finding, type FileFinding } from './file-finding.js';
import { parseNodeAddress } from '../../model/node-address.js';
import { pointerTo } from '../text/pointer.js';

/** Keys of one group that contradict each other, and what is unwise in it. */
export function checkGroup(name: string, group: GroupSection): FileFinding[] {
  const at = pointerTo('/groups', name);
  return [
    ...checkAddresses(at, name, group),
    ...checkEngineOptions(at, name, group),
    ...checkInstallUrl(at, name, group),
    ...checkLabels(at, name, group),
  ];
}

/** An IP address belongs to one host only, except an unspecified one to listen on. */
function checkAddresses(at: string, name: string, group: GroupSection): FileFinding[] {
  const machines = group.names?.length ?? group.count ?? 0;
  return (['advertise-addr', 'data-path-addr', 'listen-addr'] as const).flatMap((key) => {
    const address = parseNodeAddress(group[key] ?? '');
    if (!address?.isIp) return [];
    const where = `groups.${name}.${key}`;
    if (machines > 1 && !/^[0.:]+$/.test(address.host)) {
      const advice = 'name an interface, or make a group for each machine';
      return finding('error', 'value', `${at}/${key}`, `${where}: one address cannot belong to ${machines} machines: ${advice}`);
    }
    if (key === 'listen-addr' || !/^(127\.|::1$)/.test(address.host)) return [];
    return finding('warning', 'value', `${at}/${key}`, `${where}: other nodes cannot reach a loopback address`);
  });
}

/** A script that runs as root comes over https, unless the file says otherwise. */
function checkInstallUrl(at: string, name: string, { engine = {} }: GroupSection): FileFinding[] {
  if (!isPlainHttp(engine['install-url'] ?? '') || engine['install-insecure'] === true) return [];
  const message = 'anybody on the way can change a script that comes over plain http: use https, or set install-insecure: true';
  return [finding('error', 'value', `${at}/engine/install-url`, `groups.${name}.engine.install-url: ${message}`)];
}

/** Options that dockerd refuses to combine with a swarm (see its IsSwarmCompatible). */
function checkEngineOptions(at: string, name: string, { engine = {} }: GroupSection): FileFinding[] {
  return (engine.opts ?? []).flatMap((option, i) => {
    const [, flag, value = 'true'] = /^([^=]*)(?:=(.*))?$/.exec(option) ?? [];
    const [pointer, where] = [`${at}/engine/opts/${i}`, `groups.${name}.engine.opts`];
    if (flag === 'live-restore' && !/^(false|f|0)$/i.test(value)) {
      return finding('error', 'value', pointer, `${where}: live-restore cannot be used in a swarm`);
    }
    if (flag !== 'firewall-backend' || value !== 'nftables') return [];
    const unless = 'unless its feature swarm-nftables is on';
    return finding('warning', 'value', pointer, `${where}: an engine with the nftables backend cannot join a swarm ${unless}`);
  });
}

/** Label keys that cannot be used in swarmkit's constraints. */
function checkLabels(at: string, name: string, { labels = {} }: GroupSection): FileFinding[] {
  return Object.keys(labels)
    .filter((key) => !/^[\w.-]+$/.test(key))
    .map((key) => {
      const message = `a constraint cannot use ${JSON.stringify(key)}: it allows letters, digits, "-", "_" and "."`;
      return finding('warning', 'key', pointerTo(at, 'labels', key), `groups.${name}.labels: ${message}`);
    });
}
