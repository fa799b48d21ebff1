import type { Finding } from '../../../base/findings.js';
import { run, say } from '../../../base/text.js';
import { list } from './duplicates.js';
import type { CheckedMember } from './facts.js';

/** Settings with which an engine in a swarm refuses to start, and versions that differ. */
export function engineFindings(members: readonly CheckedMember[]): Finding[] {
  return [...members.flatMap(settingFindings), ...versionFindings(members)];
}

function settingFindings({ name, engine, host }: CheckedMember): Finding[] {
  if (!engine) return [];
  const restart = run('ssh', name, 'sudo', 'systemctl', 'restart', 'docker');
  const remove = (key: string) => say`Remove "${key}" from /etc/docker/daemon.json, then: ${restart}`;
  const found: Finding[] = [];
  if (engine.liveRestore) {
    found.push({
      check: 'live-restore',
      machine: name,
      level: 'fault',
      message: 'live-restore is on, and an engine with live-restore cannot be in a swarm',
      fix: remove('live-restore'),
    });
  }
  const supportsNftables = host?.swarmNftables === true || engine.swarm === 'active';
  if (/nftables/.test(engine.firewallBackend) && !supportsNftables) {
    found.push({
      check: 'firewall-backend',
      machine: name,
      level: 'fault',
      message: 'The engine uses nftables for its firewall rules, and such an engine cannot be in a swarm',
      fix: remove('firewall-backend'),
    });
  }
  if (engine.swarm === 'error') {
    found.push({
      check: 'swarm-state',
      machine: name,
      level: 'fault',
      message: 'The engine reports an error of its swarm mode',
      fix: say`${run('ssh', name, 'sudo', 'docker', 'info')} shows the reason`,
    });
  }
  return found;
}

function versionFindings(members: readonly CheckedMember[]): Finding[] {
  const versions = new Map<string, string[]>();
  for (const { name, engine } of members) {
    if (engine) versions.set(bare(engine.version), [...(versions.get(bare(engine.version)) ?? []), name]);
  }
  if (versions.size < 2) return [];
  const ordered = [...versions].sort(([one], [other]) => compare(one, other));
  const described = ordered.map(([version, names]) => `${version} (${list(names)})`).join(', ');
  const majors = new Set(ordered.map(([version]) => version.split('.')[0]));
  const newest = ordered.at(-1)?.[0] ?? '';
  const old = ordered.slice(0, -1).flatMap(([, names]) => names);
  return [
    {
      check: 'engine-version',
      level: 'warning',
      message:
        majors.size > 1
          ? `The engines have different major versions: ${described}. Managers of different major versions may not be able to read each ` +
            "other's state, and networks between them may fail. Accept this only during an upgrade"
          : `The engines have different versions: ${described}`,
      fix: run('upgrade', '--engine-version', newest, ...old),
    },
  ];
}

/** The version without what a distribution appends: `26.1.5` for `26.1.5+dfsg1`. */
function bare(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

function compare(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0));
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}
