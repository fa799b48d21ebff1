import type { Finding } from '../../../base/finding.js';
import { list } from './duplicates.js';
import type { HostAddress, Member } from './facts.js';
import type { PairResult } from './pairs.js';
import type { CheckSettings } from './settings.js';

/** What stands in the way at one machine: the command that opens it is known only to who has looked at its firewall. */
export interface Obstacle {
  readonly machine: string;
  /** `in` where it receives, `out` where it sends. */
  readonly direction: 'in' | 'out';
  /** `tcp/7946`; `reach` for everything. */
  readonly check: string;
}

export type Remedy = (obstacle: Obstacle) => string | undefined;

/** One finding for each machine and check, naming all that cannot get through, rather than one for each pair. */
export function pairFindings(
  results: readonly PairResult[],
  members: readonly Member[],
  settings: CheckSettings,
  remedy: Remedy,
): Finding[] {
  const unreachable = unreachablePairs(results);
  const blocked = results
    .filter(({ outcome }) => outcome === 'blocked')
    .map((result) => (unreachable.has(pairOf(result)) ? { ...result, check: 'reach' } : result));
  const groups = new Map<string, PairResult[]>();
  for (const result of blocked) {
    const narrow = result.check === 'mtu' ? narrowAmong(result, members, settings) : undefined;
    const key = `${result.check} ${result.atSender === true ? `out ${result.from}` : `in ${narrow?.name ?? result.to}`}`;
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  return [...groups.values()].map((group) => tell(group, members, settings, remedy));
}

/** `web1 > web2` of every two between which all that can be told is blocked. */
function unreachablePairs(results: readonly PairResult[]): Set<string> {
  const counts = new Map<string, { told: number; blocked: number }>();
  for (const result of results) {
    const count = counts.get(pairOf(result)) ?? { told: 0, blocked: 0 };
    if (result.outcome !== 'unknown') count.told += 1;
    if (result.outcome === 'blocked') count.blocked += 1;
    counts.set(pairOf(result), count);
  }
  return new Set([...counts].flatMap(([pair, { told, blocked }]) => (told > 1 && told === blocked ? [pair] : [])));
}

function pairOf({ from, to }: PairResult): string {
  return `${from} > ${to}`;
}

function tell(group: readonly PairResult[], members: readonly Member[], settings: CheckSettings, remedy: Remedy): Finding {
  const [first] = group;
  if (!first) throw new RangeError('an empty group');
  const { check, to, from } = first;
  const reasons = [...new Set(group.map(({ reason = '' }) => reason))].join('; ');
  const others = (names: string[]) => list([...new Set(names)]);
  if (check === 'mtu') return tellSize(group, to, narrowAmong(first, members, settings), settings);
  if (first.atSender === true) {
    const targets = others(group.map((result) => result.to));
    const message = `Its own firewall lets nothing out to ${title(check)} of ${targets} (${reasons})`;
    return { check, machine: from, level: 'fault', message, ...fix(remedy, 'out', from, check) };
  }
  const senders = others(group.map((result) => result.from));
  const what = check === 'reach' ? 'Nothing gets there' : `${title(check)} is blocked`;
  const message = `${what} from ${senders} (${reasons})`;
  return { check, machine: to, level: 'fault', message, ...fix(remedy, 'in', to, check) };
}

function fix(remedy: Remedy, direction: Obstacle['direction'], machine: string, check: string): Pick<Finding, 'fix'> {
  const text = remedy({ machine, direction, check });
  return text === undefined ? {} : { fix: text };
}

/** As firewalls and their documentation write it: `7946/udp`. */
export function title(check: string): string {
  const [protocol = '', port] = check.split('/');
  return port === undefined ? ({ esp: 'ESP (IP protocol 50)', reach: 'everything' }[protocol] ?? protocol) : `${port}/${protocol}`;
}

/** The device that is too narrow, when it is one of the two hosts' own. */
function narrowAmong(
  { from, to }: PairResult,
  members: readonly Member[],
  { mtu }: CheckSettings,
): (HostAddress & { readonly name: string }) | undefined {
  const narrow = [from, to].flatMap((name) => {
    const member = members.find((one) => one.name === name);
    const device = member?.host?.addresses.find(({ ip }) => ip === member.address);
    return device && device.mtu < mtu ? [{ name, ...device }] : [];
  });
  return narrow.sort((a, b) => a.mtu - b.mtu)[0];
}

function tellSize(group: readonly PairResult[], to: string, narrow: ReturnType<typeof narrowAmong>, { mtu }: CheckSettings): Finding {
  const largest = Math.min(...group.map((result) => result.largest ?? 0));
  const machine = narrow?.name ?? to;
  const others = list([...new Set(group.flatMap((result) => [result.from, result.to]))].filter((name) => name !== machine));
  const passage = narrow
    ? `Its ${narrow.device} has MTU ${narrow.mtu}: packets of more than ${largest} bytes do not pass between it and ${others}`
    : `Packets of more than ${largest} bytes do not arrive from ${others}`;
  const raise = narrow
    ? `tsmachine ssh ${narrow.name} sudo ip link set dev ${narrow.device} mtu ${mtu} (and keep it over reboots)\nor, f`
    : 'F';
  return {
    check: 'mtu',
    machine,
    level: 'fault',
    message: `${passage}; overlay networks send ${mtu}: large answers would hang`,
    fix:
      `${raise}or every overlay network, ingress too: docker network create -d overlay --opt com.docker.network.driver.mtu=${largest} NAME ` +
      `(then check with --mtu ${largest})`,
  };
}
