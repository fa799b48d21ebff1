import { createHash } from 'node:crypto';

import type { PortRule } from '../../../src/driver/contract.js';
import type { Allowed, Firewall } from '../call/resources.js';
import type { Config } from '../config.js';
import { ownerNote, storeTag } from '../labels.js';

export const engineRulePort = 2376;

/** A rule as it is to be. Google keeps addresses of the two families apart, so each has rules of its own. */
export type Rule = Required<Pick<Firewall, 'name' | 'description' | 'network' | 'allowed' | 'targetTags'>> &
  Pick<Firewall, 'sourceRanges' | 'sourceTags'>;

export interface Store {
  readonly store: string;
  /** `projects/P/global/networks/N` */
  readonly network: string;
}

/** What the names of a store's rules in a network begin with. Google takes 63 characters. Pure. */
export function prefixOf({ store, network }: Store): string {
  return `${storeTag(store)}-${hashOf(network)}`;
}

/** Rules of different networks have different names in a project. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 5);
}

/** What a machine needs of its store's rules: SSH and the engine from some networks, the user's ports from everywhere. Pure. */
export function machineRules(config: Config, of: Store, allowed: readonly string[]): Rule[] {
  const opened = portsOf(config.openPorts);
  const open = config.externalRulePrefix === '' ? opened : [];
  return [
    ...accessRules(config, of, allowed),
    ...(open.length > 0 ? familiesOf(['0.0.0.0/0', ...(config.own.ipv6 ? ['::/0'] : [])], 'o', of, 'open ports', open) : []),
    ...ranchersRules(config, of, opened),
  ];
}

/** SSH and the engine from some networks. Pure. */
export function accessRules({ sshPort }: Pick<Config, 'sshPort'>, of: Store, allowed: readonly string[]): Rule[] {
  const ports = [...new Set([sshPort, engineRulePort])].map(String);
  return familiesOf(allowed, 'a', of, 'access', [{ IPProtocol: 'tcp', ports }]);
}

/** Names of the rules that a store may have for its machines. Pure. */
export function usualNames(of: Store): readonly string[] {
  return ['a4', 'a6', 'o4', 'o6'].map((suffix) => `${prefixOf(of)}-${suffix}`);
}

function familiesOf(ranges: readonly string[], kind: string, of: Store, what: string, allowed: readonly Allowed[]): Rule[] {
  return (['4', '6'] as const).flatMap((family) => {
    const sourceRanges = ranges.filter((range) => range.includes(':') === (family === '6'));
    return sourceRanges.length === 0 ? [] : [{ ...ruleOf(`${kind}${family}`, of, what, allowed), sourceRanges }];
  });
}

function ruleOf(suffix: string, of: Store, what: string, allowed: readonly Allowed[]): Rule {
  const { store, network } = of;
  return { name: `${prefixOf(of)}-${suffix}`, description: ownerNote({ store }, what), network, allowed, targetTags: [storeTag(store)] };
}

/** `80`, `53/udp` by protocol. */
function portsOf(words: readonly string[]): readonly Allowed[] {
  const pairs = words.map((word) => word.split('/'));
  return ['tcp', 'udp'].flatMap((protocol) => {
    const ports = pairs.flatMap(([port = '', of = 'tcp']) => (of === protocol ? [port] : []));
    return ports.length === 0 ? [] : [{ IPProtocol: protocol, ports: [...new Set(ports)] }];
  });
}

/** Tags that rancher-machine's rules are for; the names of these rules are the same. Pure. */
export function ranchersTags({
  internalRulePrefix,
  externalRulePrefix,
}: Pick<Config, 'internalRulePrefix' | 'externalRulePrefix'>): string[] {
  return [
    ...(internalRulePrefix === '' ? [] : [`${internalRulePrefix}-internal-rancher-nodes`]),
    ...(externalRulePrefix === '' ? [] : [`${externalRulePrefix}-external-rancher-nodes`]),
  ];
}

const ranchersPorts: readonly Allowed[] = [
  { IPProtocol: 'tcp', ports: ['8443', '179', '5473', '10256', '10250-10252', '6443', '2379', '2380', '9345', '9796'] },
  { IPProtocol: 'udp', ports: ['8472', '4789'] },
];

function ranchersRules(config: Config, { store, network }: Store, opened: readonly Allowed[]): Rule[] {
  return ranchersTags(config).flatMap((name): Rule[] => {
    const rule = { name, description: ownerNote({ store }, 'for rancher'), network, targetTags: [name] };
    if (name.endsWith('-internal-rancher-nodes')) return [{ ...rule, allowed: ranchersPorts, sourceTags: [name] }];
    return opened.length === 0 ? [] : [{ ...rule, allowed: opened, sourceRanges: ['0.0.0.0/0'] }];
  });
}

/** What the members of a swarm need of each other. Peers are others than this store's machines in this network. Pure. */
export function swarmRules(
  swarm: string,
  of: Store,
  { rules, peers }: { readonly rules: readonly PortRule[]; readonly peers: readonly string[] },
): Rule[] {
  if (rules.length === 0) return [];
  const allowed = allowedOf(rules);
  const { suffix, what } = swarmMarks(swarm);
  return [
    { ...ruleOf(`${suffix}s`, of, what, allowed), sourceTags: [storeTag(of.store)] },
    ...familiesOf(peers, suffix, of, what, allowed),
  ];
}

/** By what the rules of a swarm are known. Pure. */
export function swarmMarks(swarm: string): { readonly suffix: string; readonly what: string } {
  return { suffix: `s${hashOf(swarm)}`, what: `for swarm ${swarm}` };
}

function allowedOf(rules: readonly PortRule[]): readonly Allowed[] {
  const protocols = [...new Set(rules.map(({ protocol }) => protocol))];
  return protocols.map((protocol) => {
    const ports = rules.flatMap(({ protocol: of, port }) => (of === protocol && port !== undefined ? [String(port)] : []));
    return protocol === 'esp' || ports.length === 0 ? { IPProtocol: protocol } : { IPProtocol: protocol, ports };
  });
}

/** Whether a rule that is there lets in all that is wanted. Pure. */
export function isEnough(there: Firewall, wanted: Rule): boolean {
  return same(merged(there, wanted), there);
}

/** A rule that lets in what one lets in and what the other does. Pure. */
export function merged(there: Firewall, wanted: Rule): Rule {
  const protocols = [...new Set([...(there.allowed ?? []), ...wanted.allowed].map(({ IPProtocol: protocol = '' }) => protocol))];
  const allowed = protocols.map((protocol) => {
    const both = [...(there.allowed ?? []), ...wanted.allowed].filter(({ IPProtocol: of }) => of === protocol);
    const ports = [...new Set(both.flatMap(({ ports: some = [] }) => some))];
    return both.some(({ ports: some = [] }) => some.length === 0) ? { IPProtocol: protocol } : { IPProtocol: protocol, ports };
  });
  const sourceRanges = union(there.sourceRanges, wanted.sourceRanges);
  const sourceTags = union(there.sourceTags, wanted.sourceTags);
  return { ...wanted, allowed, ...(sourceRanges.length > 0 ? { sourceRanges } : {}), ...(sourceTags.length > 0 ? { sourceTags } : {}) };
}

/** Whether two rules let in the same. Pure. */
export function same(one: Firewall, other: Firewall): boolean {
  return signature(one) === signature(other);
}

function signature({ allowed = [], sourceRanges = [], sourceTags = [] }: Firewall): string {
  const ports = allowed.map(({ IPProtocol: protocol = '', ports: some = [] }) => `${protocol} ${[...some].sort().join(',')}`);
  return JSON.stringify([ports.sort(), [...sourceRanges].sort(), [...sourceTags].sort()]);
}

function union(one: readonly string[] = [], other: readonly string[] = []): string[] {
  return [...new Set([...one, ...other])];
}
