import type { Word } from './words.js';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The form that a flag of dockerd has in daemon.json. */
export type Kind = 'string' | 'number' | 'boolean' | 'list' | 'pairs' | 'pools' | 'ulimits' | 'runtimes';

interface Target {
  readonly key: string;
  readonly kind: Kind;
}

const same = (kind: Kind, ...names: string[]): [string, Target][] =>
  names
    .join(' ')
    .split(' ')
    .map((key) => [key, { key, kind }]);
const plural = (kind: Kind, names: string): [string, Target][] => names.split(' ').map((name) => [name, { key: `${name}s`, kind }]);

/**
 * The flags of dockerd and their keys in daemon.json, from the reference of `dockerd`.
 * A flag without an entry has no key that is the same in all engines from 20.10 to 29, and stays a flag.
 */
const targets: ReadonlyMap<string, Target> = new Map([
  ...same(
    'boolean',
    'debug experimental icc init ip-forward ip-masq ip6tables iptables ipv6 live-restore',
    'no-new-privileges raw-logs selinux-enabled userland-proxy tls tlsverify',
  ),
  ...same(
    'number',
    'max-concurrent-downloads max-concurrent-uploads max-download-attempts mtu network-control-plane-mtu',
    'network-diagnostic-port oom-score-adjust shutdown-timeout',
  ),
  ...same(
    'string',
    'bip bridge cgroup-parent containerd data-root default-cgroupns-mode default-gateway default-gateway-v6',
    'default-ipc-mode default-runtime default-shm-size exec-root fixed-cidr fixed-cidr-v6 group init-path ip log-driver',
    'log-format log-level metrics-addr pidfile seccomp-profile storage-driver',
    'swarm-default-advertise-addr tlscacert tlscert tlskey userland-proxy-path userns-remap',
  ),
  ...same('list', 'dns dns-search allow-nondistributable-artifacts'),
  ...plural('list', 'authorization-plugin dns-opt exec-opt host label node-generic-resource registry-mirror storage-opt'),
  ...plural('pairs', 'log-opt'),
  ['insecure-registry', { key: 'insecure-registries', kind: 'list' }],
  ['default-address-pool', { key: 'default-address-pools', kind: 'pools' }],
  ['default-ulimit', { key: 'default-ulimits', kind: 'ulimits' }],
  ['add-runtime', { key: 'runtimes', kind: 'runtimes' }],
  ['graph', { key: 'data-root', kind: 'string' }],
]);

const short: Readonly<Record<string, string>> = {
  H: 'host',
  D: 'debug',
  l: 'log-level',
  s: 'storage-driver',
  p: 'pidfile',
  G: 'group',
  b: 'bridge',
  g: 'graph',
};

/** One flag found on a command line: its words as written, its long name and its value. */
export interface Flag {
  readonly words: readonly Word[];
  /** Empty for a word that is not a flag, such as `$DOCKER_OPTS`. */
  readonly name: string;
  readonly value: string;
}

/** Groups the words after `dockerd` into flags with their values. */
export function parseFlags(words: readonly Word[]): Flag[] {
  const flags: Flag[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word) continue;
    const match = /^(?:--([A-Za-z0-9][\w-]*)|-([A-Za-z]))(?:=?(.*))$/s.exec(word.value);
    const name = match?.[1] ?? short[match?.[2] ?? ''] ?? '';
    if (!match || name === '') {
      flags.push({ words: [word], name: '', value: word.value });
      continue;
    }
    const inline = match[1] === undefined ? match[3] !== '' : word.value.includes('=');
    const next = words[i + 1];
    if (inline) flags.push({ words: [word], name, value: match[3] ?? '' });
    else if (targets.get(name)?.kind === 'boolean' || !next || /^-|^\$/.test(next.value)) {
      flags.push({ words: [word], name, value: 'true' });
    } else {
      flags.push({ words: [word, next], name, value: next.value });
      i++;
    }
  }
  return flags;
}

/** The key of daemon.json that corresponds to a flag; undefined when there is none. */
export function configKey(flagName: string): string | undefined {
  return targets.get(flagName)?.key;
}

/**
 * Adds a flag and its value to the settings of daemon.json, with the type that dockerd expects.
 * @returns false, with the settings unchanged, for a flag without a key and for a value of the wrong type
 */
export function addSetting(settings: Record<string, Json>, flagName: string, value: string): boolean {
  const target = targets.get(flagName);
  if (!target) return false;
  const added = typedValue(target.kind, value, settings[target.key]);
  if (added === undefined) return false;
  settings[target.key] = added;
  return true;
}

function typedValue(kind: Kind, value: string, present: Json | undefined): Json | undefined {
  const list = Array.isArray(present) ? present : [];
  const object = typeof present === 'object' && present !== null && !Array.isArray(present) ? present : {};
  switch (kind) {
    case 'string':
      return value;
    case 'number':
      return /^-?\d+$/.test(value) ? Number(value) : undefined;
    case 'boolean':
      return ({ true: true, false: false, 1: true, 0: false, '': true } as Record<string, boolean>)[value];
    case 'list':
      return list.includes(value) ? list : [...list, value];
    case 'pairs':
      return pair(object, value, (text) => text);
    case 'runtimes':
      return pair(object, value, (path) => ({ path }));
    case 'ulimits':
      return pair(object, value, (limits, name) => ulimit(name, limits));
    case 'pools':
      return pool(list, value);
  }
}

function pair(object: Record<string, Json>, text: string, make: (value: string, name: string) => Json | undefined): Json | undefined {
  const at = text.indexOf('=');
  if (at <= 0) return undefined;
  const made = make(text.slice(at + 1), text.slice(0, at));
  return made === undefined ? undefined : { ...object, [text.slice(0, at)]: made };
}

function ulimit(name: string, limits: string): Json | undefined {
  const match = /^(-?\d+)(?::(-?\d+))?$/.exec(limits);
  return match ? { Name: name, Soft: Number(match[1]), Hard: Number(match[2] ?? match[1]) } : undefined;
}

/** `base=172.30.0.0/16,size=24` */
function pool(list: Json[], text: string): Json | undefined {
  const match = /^base=([^,]+),size=(\d+)$/.exec(text);
  return match?.[1] === undefined ? undefined : [...list, { base: match[1], size: Number(match[2]) }];
}

/** The strings in a list; empty for any other value. */
export function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
