import { networkOf } from '../../../src/base/network/ip-network.js';
import type { Input, Output } from '../api.js';

export type Permission = NonNullable<Input<'AuthorizeSecurityGroupIngress'>['IpPermissions']>[number];
export type Group = NonNullable<Output<'DescribeSecurityGroups'>['SecurityGroups']>[number];

/** One way into a group's machines. EC2 knows it by everything but its description. */
export interface GroupRule {
  /** `tcp`, `udp`; a number for others, `-1` for all. */
  readonly protocol: string;
  /** Absent for protocols without ports. */
  readonly ports?: { readonly from: number; readonly to: number };
  /** A network, the id of a group or the id of a prefix list. */
  readonly source: string;
  readonly description?: string;
}

export const engineRulePort = 2376;
const everywhere = ['0.0.0.0/0', '::/0'];
const withPorts = new Set(['tcp', 'udp', 'icmp', 'icmpv6']);

export function tcp(port: number, source: string, description: string): GroupRule {
  return { protocol: 'tcp', ports: { from: port, to: port }, source, description };
}

/** What a machine needs of a group of ours: SSH and the engine from some networks, the user's ports from everywhere. Pure. */
export function machineRules(
  { sshPort, openPorts }: { readonly sshPort: number; readonly openPorts: readonly string[] },
  allowed: readonly string[],
): GroupRule[] {
  const opened = openPorts.flatMap((word) => {
    const [port = '', protocol = 'tcp'] = word.split('/');
    const ports = { from: Number(port), to: Number(port) };
    return everywhere.map((source): GroupRule => ({ protocol, ports, source, description: 'tsmachine: open port' }));
  });
  return unique([...accessRules(sshPort, allowed), ...opened]);
}

/** SSH and the engine from some networks. Pure. */
export function accessRules(sshPort: number, allowed: readonly string[]): GroupRule[] {
  return allowed.flatMap((source) => [...new Set([sshPort, engineRulePort])].map((port) => tcp(port, source, 'tsmachine: access')));
}

/** The rules of a group for what comes in. Pure. */
export function rulesOf({ IpPermissions: permissions = [] }: Pick<Group, 'IpPermissions'>): GroupRule[] {
  return permissions.flatMap(({ IpProtocol: protocol = '-1', FromPort: from, ToPort: to, ...sources }) => {
    const hasPorts = withPorts.has(protocol) && from !== undefined && to !== undefined;
    const all = [
      ...(sources.IpRanges ?? []).map(({ CidrIp: source, Description: description }) => ({ source, description })),
      ...(sources.Ipv6Ranges ?? []).map(({ CidrIpv6: source, Description: description }) => ({ source, description })),
      ...(sources.UserIdGroupPairs ?? []).map(({ GroupId: source, Description: description }) => ({ source, description })),
      ...(sources.PrefixListIds ?? []).map(({ PrefixListId: source, Description: description }) => ({ source, description })),
    ];
    return all.map(({ source = '', description }): GroupRule => ({
      protocol,
      ...(hasPorts ? { ports: { from, to } } : {}),
      source: networkOf(source) ?? source,
      ...(description === undefined || description === '' ? {} : { description }),
    }));
  });
}

/** As EC2 takes it. Pure. */
export function permissionOf({ protocol, ports, source, description }: GroupRule): Permission {
  const about = description === undefined ? {} : { Description: description };
  return {
    IpProtocol: protocol,
    ...(ports ? { FromPort: ports.from, ToPort: ports.to } : {}),
    ...(source.startsWith('sg-')
      ? { UserIdGroupPairs: [{ GroupId: source, ...about }] }
      : source.includes(':')
        ? { Ipv6Ranges: [{ CidrIpv6: source, ...about }] }
        : { IpRanges: [{ CidrIp: source, ...about }] }),
  };
}

/** By which two rules are one to EC2. Pure. */
export function keyOf({ protocol, ports, source }: GroupRule): string {
  return `${protocol} ${ports ? `${ports.from}-${ports.to}` : ''} ${source}`;
}

/** The wanted rules that are not there. Pure. */
export function missing(wanted: readonly GroupRule[], there: readonly GroupRule[]): GroupRule[] {
  const known = new Set(there.map(keyOf));
  return wanted.filter((rule) => !known.has(keyOf(rule)));
}

/** From which networks a port is reached over TCP, whoever opened it. Pure. */
export function sourcesOf(port: number, rules: readonly GroupRule[]): string[] {
  return rules
    .filter(({ protocol, ports }) => protocol === '-1' || (protocol === 'tcp' && ports && ports.from <= port && port <= ports.to))
    .map(({ source }) => source);
}

export function unique(rules: readonly GroupRule[]): GroupRule[] {
  return [...new Map(rules.map((rule) => [keyOf(rule), rule])).values()];
}
