import { networkOf } from '../../../src/base/network/ip-network.js';
import type { SecurityGroup, SecurityRule } from '../api.js';

/** One way into the machines of a group of ours. It is known by its name. */
export interface Rule {
  readonly name: string;
  readonly protocol: 'Tcp' | 'Udp' | 'Esp' | '*';
  /** `*` for protocols without ports. */
  readonly port: string;
  /** Networks in CIDR form, or `*`. */
  readonly sources: readonly string[];
  readonly description: string;
}

/** Where rules of each purpose begin: Azure looks at them in this order, 100 to 4096. */
const bands = { access: 100, open: 1000, swarm: 2000 } as const;
const last = 4096;

/** SSH and the engine from some networks. Azure mixes no families in one rule. Pure. */
export function accessRules(ports: readonly number[], allowed: readonly string[]): Rule[] {
  const six = allowed.filter((network) => network.includes(':'));
  const four = allowed.filter((network) => !network.includes(':'));
  const families = [
    { sources: four, suffix: '' },
    { sources: six, suffix: '-v6' },
  ];
  return [...new Set(ports)].flatMap((port) =>
    families.flatMap(({ sources, suffix }): Rule[] =>
      sources.length === 0
        ? []
        : [{ name: `access-tcp-${port}${suffix}`, protocol: 'Tcp', port: String(port), sources, description: 'tsmachine: access' }],
    ),
  );
}

/** The user's ports, from everywhere. Pure. @param words `80`, `53/udp`, `8000/*` */
export function openRules(words: readonly string[]): Rule[] {
  return words.map((word) => {
    const [port = '', protocol = 'tcp'] = word.split('/');
    const named = { tcp: 'Tcp', udp: 'Udp', '*': '*' } as const;
    const name = `open-${protocol === '*' ? 'any' : protocol}-${port}`;
    return { name, protocol: named[protocol as 'tcp'], port, sources: ['*'], description: 'tsmachine: open port' };
  });
}

/** As the SDK has them. Pure. */
export function rulesOf({ securityRules = [] }: Pick<SecurityGroup, 'securityRules'>): readonly SecurityRule[] {
  return securityRules;
}

/** From which networks a rule lets in; `*` for everybody. Pure. */
export function sourcesOf({ sourceAddressPrefix: one, sourceAddressPrefixes: several = [] }: SecurityRule): readonly string[] {
  return (several.length > 0 ? several : one === undefined || one === '' ? [] : [one]).map((word) => networkOf(word) ?? word);
}

/** Whether two rules let the same in. Pure. */
function isAs(rule: SecurityRule, { protocol, port, sources }: Rule): boolean {
  return (
    rule.protocol === protocol && rule.destinationPortRange === port && [...sourcesOf(rule)].sort().join() === [...sources].sort().join()
  );
}

/**
 * All rules of a group once it also has these: of a name that is there, the sources of both. Undefined when nothing is missing. Pure.
 * @throws RangeError when there is no room for another rule
 */
export function withRules(there: readonly SecurityRule[], wanted: readonly Rule[]): readonly SecurityRule[] | undefined {
  const merged = wanted.map((rule) => {
    const known = there.find(({ name }) => name === rule.name);
    return known ? { ...rule, sources: union(sourcesOf(known), rule.sources) } : rule;
  });
  return replaced(there, merged, () => false);
}

/** All rules of a group when these take the place of those that are marked; undefined when nothing changes. Pure. */
export function replaced(
  there: readonly SecurityRule[],
  wanted: readonly Rule[],
  isMarked: (rule: SecurityRule) => boolean,
): readonly SecurityRule[] | undefined {
  const unchanged = wanted.filter((rule) => there.some((one) => one.name === rule.name && isAs(one, rule)));
  const gone = there.filter((rule) => isMarked(rule) && !wanted.some(({ name }) => name === rule.name));
  if (unchanged.length === wanted.length && gone.length === 0) return undefined;
  const kept = there.filter((rule) => !gone.includes(rule) && !wanted.some(({ name }) => name === rule.name));
  const all = [...kept];
  for (const rule of wanted) {
    const before = there.find(({ name }) => name === rule.name);
    all.push(written(rule, before?.priority ?? freePriority(bandOf(rule), [...there, ...all])));
  }
  return all;
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  const all = [...new Set([...one, ...other])];
  return all.includes('*') ? ['*'] : all;
}

function bandOf({ name }: Rule): number {
  if (name.startsWith('access-')) return bands.access;
  return name.startsWith('open-') ? bands.open : bands.swarm;
}

function freePriority(from: number, rules: readonly SecurityRule[]): number {
  const taken = new Set(rules.flatMap(({ direction, priority }) => (direction === 'Outbound' ? [] : [priority])));
  for (let priority = from; priority <= last; priority += 1) if (!taken.has(priority)) return priority;
  throw new RangeError('the security group has no room for another rule');
}

function written({ name, protocol, port, sources, description }: Rule, priority: number): SecurityRule {
  const [only = '*'] = sources;
  return {
    name,
    description,
    protocol,
    priority,
    direction: 'Inbound',
    access: 'Allow',
    sourcePortRange: '*',
    destinationPortRange: port,
    destinationAddressPrefix: '*',
    ...(sources.length > 1 ? { sourceAddressPrefixes: [...sources] } : { sourceAddressPrefix: only }),
  };
}

/** From which networks a port is reached over TCP, whoever opened it and as far as no rule before denies it. Pure. */
export function reaching(port: number, rules: readonly SecurityRule[]): string[] {
  const inbound = rules.filter(({ direction }) => direction !== 'Outbound').sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  const found: string[] = [];
  for (const rule of inbound.filter((one) => isAbout(one, port))) {
    if (rule.access === 'Allow') found.push(...sourcesOf(rule).flatMap(inWords));
    else if (sourcesOf(rule).some((source) => isAny(source))) break;
  }
  return [...new Set(found)];
}

function isAbout({ protocol, destinationPortRange: one, destinationPortRanges: several = [] }: SecurityRule, port: number): boolean {
  if (protocol !== 'Tcp' && protocol !== '*') return false;
  return [...several, ...(one === undefined ? [] : [one])].some((range) => {
    const [from = '', to = from] = range.split('-');
    return range === '*' || (Number(from) <= port && port <= Number(to));
  });
}

const isAny = (source: string) => /^(\*|Internet|0\.0\.0\.0\/0)$/i.test(source);

/** `*` and Internet are everybody, of both families; other service tags are no networks. */
function inWords(source: string): string[] {
  if (isAny(source)) return source.includes('/') ? [source] : ['0.0.0.0/0', '::/0'];
  return networkOf(source) === undefined ? [] : [source];
}
