import type { Finding } from '../../../base/finding.js';
import { list } from './duplicates.js';
import type { Member } from './facts.js';

/** Settings that an engine in a swarm refuses to start with, and versions that differ. */
export function engineFindings(members: readonly Member[]): Finding[] {
  return [...members.flatMap(settingFindings), ...versionFindings(members)];
}

function settingFindings({ name, engine, host }: Member): Finding[] {
  if (!engine) return [];
  const edit = (key: string) => `Take "${key}" out of /etc/docker/daemon.json, then: tsmachine ssh ${name} sudo systemctl restart docker`;
  const found: Finding[] = [];
  if (engine.liveRestore) {
    found.push({
      check: 'live-restore',
      machine: name,
      level: 'fault',
      message: 'live-restore is on, and an engine with it cannot be in a swarm',
      fix: edit('live-restore'),
    });
  }
  const livesWithNftables = host?.swarmNftables === true || engine.swarm === 'active';
  if (/nftables/.test(engine.firewallBackend) && !livesWithNftables) {
    found.push({
      check: 'firewall-backend',
      machine: name,
      level: 'fault',
      message: 'The engine writes its firewall rules with nftables, and an engine that does cannot be in a swarm',
      fix: edit('firewall-backend'),
    });
  }
  if (engine.swarm === 'error') {
    found.push({
      check: 'swarm-state',
      machine: name,
      level: 'fault',
      message: 'Its part in a swarm is broken',
      fix: `tsmachine ssh ${name} sudo docker info (it says why)`,
    });
  }
  return found;
}

function versionFindings(members: readonly Member[]): Finding[] {
  const versions = new Map<string, string[]>();
  for (const { name, engine } of members) {
    if (engine) versions.set(bare(engine.version), [...(versions.get(bare(engine.version)) ?? []), name]);
  }
  if (versions.size < 2) return [];
  const ordered = [...versions].sort(([one], [other]) => compare(one, other));
  const told = ordered.map(([version, names]) => `${version} (${list(names)})`).join(', ');
  const majors = new Set(ordered.map(([version]) => version.split('.')[0]));
  const newest = ordered.at(-1)?.[0] ?? '';
  const old = ordered.slice(0, -1).flatMap(([, names]) => names);
  return [
    {
      check: 'engine-version',
      level: 'warning',
      message:
        majors.size > 1
          ? `The engines are of different major versions: ${told}. Managers of different majors may not read each other's state, ` +
            'and networks between them may fail; tolerate it only while you upgrade'
          : `The engines are of different versions: ${told}`,
      fix: `tsmachine upgrade --engine-version ${newest} ${old.join(' ')}`,
    },
  ];
}

/** Without what a distribution appends: `26.1.5` of `26.1.5+dfsg1`. */
function bare(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

function compare(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0));
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}
