import type { Finding } from '../../../base/findings.js';
import { run, say, type Text } from '../../../base/text.js';
import { list } from './duplicates.js';
import type { HostAddress, CheckedMember } from './facts.js';
import type { PairResult } from './pairs.js';
import type { CheckSettings } from './settings.js';

/** Something that is blocked at one machine. */
export interface Obstacle {
  readonly machine: string;
  /** `in` when the machine receives, `out` when it sends. */
  readonly direction: 'in' | 'out';
  /** `tcp/7946`; `reach` for everything. */
  readonly check: string;
}

/** What to type or to do against an obstacle. It depends on the firewall of the machine. */
export type Remedy = (obstacle: Obstacle) => Text | undefined;

/** One finding for each machine and check that names all machines which cannot get through, rather than one for each pair. */
export function pairFindings(
  results: readonly PairResult[],
  members: readonly CheckedMember[],
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
  return [...groups.values()].map((group) => findingOf(group, members, settings, remedy));
}

/** `web1 > web2` for each pair between which everything is blocked, as far as it is known. */
function unreachablePairs(results: readonly PairResult[]): Set<string> {
  const counts = new Map<string, { known: number; blocked: number }>();
  for (const result of results) {
    const count = counts.get(pairOf(result)) ?? { known: 0, blocked: 0 };
    if (result.outcome !== 'unknown') count.known += 1;
    if (result.outcome === 'blocked') count.blocked += 1;
    counts.set(pairOf(result), count);
  }
  return new Set([...counts].flatMap(([pair, { known, blocked }]) => (known > 1 && known === blocked ? [pair] : [])));
}

function pairOf({ from, to }: PairResult): string {
  return `${from} > ${to}`;
}

function findingOf(group: readonly PairResult[], members: readonly CheckedMember[], settings: CheckSettings, remedy: Remedy): Finding {
  const [first] = group;
  if (!first) throw new RangeError('an empty group');
  const { check, to, from } = first;
  const reasons = [...new Set(group.map(({ reason = '' }) => reason))].join('; ');
  const others = (names: string[]) => list([...new Set(names)]);
  if (check === 'mtu') return sizeFinding(group, to, narrowAmong(first, members, settings), settings);
  if (first.atSender === true) {
    const targets = others(group.map((result) => result.to));
    const message = `Its own firewall blocks ${title(check)} to ${targets} (${reasons})`;
    return { check, machine: from, level: 'fault', message, ...fix(remedy, 'out', from, check) };
  }
  const senders = others(group.map((result) => result.from));
  const what = check === 'reach' ? 'Nothing gets through' : `${title(check)} is blocked`;
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

/** The device of one of the two hosts whose MTU is too small, if there is one. */
function narrowAmong(
  { from, to }: PairResult,
  members: readonly CheckedMember[],
  { mtu }: CheckSettings,
): (HostAddress & { readonly name: string }) | undefined {
  const narrow = [from, to].flatMap((name) => {
    const member = members.find((one) => one.name === name);
    const device = member?.host?.addresses.find(({ ip }) => ip === member.address);
    return device && device.mtu < mtu ? [{ name, ...device }] : [];
  });
  return narrow.sort((a, b) => a.mtu - b.mtu)[0];
}

function sizeFinding(group: readonly PairResult[], to: string, narrow: ReturnType<typeof narrowAmong>, { mtu }: CheckSettings): Finding {
  const largest = Math.min(...group.map((result) => result.largest ?? 0));
  const machine = narrow?.name ?? to;
  const others = list([...new Set(group.flatMap((result) => [result.from, result.to]))].filter((name) => name !== machine));
  const passage = narrow
    ? `Its ${narrow.device} has MTU ${narrow.mtu}: packets of more than ${largest} bytes do not get through between it and ${others}`
    : `Packets of more than ${largest} bytes do not arrive from ${others}`;
  const raise = narrow
    ? say`${run('ssh', narrow.name, 'sudo', 'ip', 'link', 'set', 'dev', narrow.device, 'mtu', String(mtu))} (and make it permanent)\nOr f`
    : 'F';
  const create = `docker network create -d overlay --opt com.docker.network.driver.mtu=${largest} NAME`;
  return {
    check: 'mtu',
    machine,
    level: 'fault',
    message: `${passage}. Overlay networks send packets of ${mtu} bytes: large answers would hang`,
    fix: say`${raise}or every overlay network, also ingress: ${create} (then check with --mtu ${largest})`,
  };
}
