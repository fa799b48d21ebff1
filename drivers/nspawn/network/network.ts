import type { Computer } from '../api.js';
import { gatewayOf, parseCidr } from './cidr.js';
import { anyBridge, bridgeName, macAddress, partNames, ruleTag } from '../identity.js';
import type { Lease } from './leases.js';

/** A firewall rule of ours without the leading -A or -I. */
interface Rule {
  readonly table: 'nat' | 'filter';
  readonly chain: string;
  readonly match: readonly string[];
}

/**
 * The rules of one range: machines reach the outside under the computer's address, also where the computer forwards nothing by default
 * (Docker sets FORWARD to DROP), and what is on its way to them goes through a chain of its own.
 */
export function rulesOf(cidr: string): Rule[] {
  const bridge = bridgeName(cidr);
  const tag = ['-m', 'comment', '--comment', ruleTag(bridge)];
  return [
    { table: 'nat', chain: 'POSTROUTING', match: ['-s', cidr, '!', '-d', cidr, ...tag, '-j', 'MASQUERADE'] },
    { table: 'filter', chain: 'FORWARD', match: ['-i', bridge, ...tag, '-j', 'ACCEPT'] },
    { table: 'filter', chain: 'FORWARD', match: ['-o', bridge, ...tag, '-j', ruleTag(bridge)] },
  ];
}

/**
 * The chain before a bridge, as iptables-restore takes it. Machines run as root with the rights of the computer: only other machines, who
 * is answered, and who asks for an open machine, gets in. A port that the computer's owner forwards is judged by the owner's own rules.
 */
export function guardOf(cidr: string, open: readonly string[]): string {
  const chain = ruleTag(bridgeName(cidr));
  const rules = [
    `-i ${anyBridge} -j ACCEPT`,
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-m conntrack --ctstate DNAT -j RETURN',
    ...open.map((ip) => `-d ${ip}/32 -j ACCEPT`),
    '-j DROP',
  ];
  return ['*filter', `:${chain} - [0:0]`, ...rules.map((rule) => `-A ${chain} ${rule}`), 'COMMIT', ''].join('\n');
}

/** Makes the chain before a bridge, or replaces it in one step. */
export async function raiseGuard(cidr: string, open: readonly string[], computer: Computer): Promise<void> {
  await computer.run('iptables-restore', ['-w', '--noflush'], { input: guardOf(cidr, open) });
}

/**
 * Bridge, address and rules of a range, made where they are missing. The caller holds the network lock.
 * @param open the addresses that other networks may connect to
 */
export async function raiseBridge(cidr: string, open: readonly string[], computer: Computer): Promise<void> {
  const bridge = bridgeName(cidr);
  const range = parseCidr(cidr);
  if (!range) throw new RangeError(`Not a range: ${cidr}`);
  const gateway = gatewayOf(range);
  const { exitCode } = await computer.run('ip', ['link', 'show', 'dev', bridge], { ok: [0, 1] });
  await raiseGuard(cidr, open, computer); // before there is anything to guard
  for (const { table, chain, match } of rulesOf(cidr)) {
    const found = await computer.run('iptables', ['-w', '-t', table, '-C', chain, ...match], { ok: [0, 1] });
    if (found.exitCode !== 0) await computer.run('iptables', ['-w', '-t', table, '-I', chain, ...match]);
  }
  await batch(
    computer,
    [],
    [
      ...(exitCode === 0 ? [] : [`link add name ${bridge} address ${macAddress(gateway)} type bridge`]),
      `addr replace ${gateway}/${range.prefix} dev ${bridge}`,
      `link set ${bridge} up`,
    ],
  );
}

/** Removes bridge and rules of a range; also what an interrupted raise or an earlier version made, found by its tag. */
export async function dropBridge(cidr: string, computer: Computer): Promise<void> {
  const bridge = bridgeName(cidr);
  const guard = ruleTag(bridge);
  await unlessMissing(computer, ['link', 'delete', 'dev', bridge]);
  const tag = new RegExp(`--comment "?${guard}"?($|\\s)`);
  for (const [table, chain] of [
    ['nat', 'POSTROUTING'],
    ['filter', 'FORWARD'],
  ] as const) {
    const { stdout } = await computer.run('iptables', ['-w', '-t', table, '-S', chain]);
    for (const line of stdout.split('\n').filter((rule) => tag.test(rule))) {
      const [, ...rule] = line.replaceAll('"', '').trim().split(/\s+/); // without -A
      await computer.run('iptables', ['-w', '-t', table, '-D', ...rule], { ok: [0, 1] });
    }
  }
  for (const action of ['-F', '-X']) await computer.run('iptables', ['-w', action, guard], { ok: [0, 1] });
}

/** A network namespace with the machine's address, joined to the bridge. Existing ones are replaced, so the machine must be off. */
export async function layCable(id: string, lease: Lease, computer: Computer): Promise<void> {
  const { namespace, cable } = partNames(id);
  const range = parseCidr(lease.cidr);
  if (!range) throw new RangeError(`Not a range: ${lease.cidr}`);
  await cutCable(id, computer);
  await computer.run('ip', ['netns', 'add', namespace]);
  await batch(
    computer,
    [],
    [
      `link add ${cable} type veth peer name eth0 address ${macAddress(lease.ip)} netns ${namespace}`,
      `link set ${cable} master ${bridgeName(lease.cidr)} up`,
    ],
  );
  await batch(
    computer,
    ['-n', namespace],
    ['link set lo up', `addr add ${lease.ip}/${range.prefix} dev eth0`, 'link set eth0 up', `route add default via ${gatewayOf(range)}`],
  );
}

/** Removes the machine's cable and namespace; what is already gone is fine. */
export async function cutCable(id: string, computer: Computer): Promise<void> {
  const { namespace, cable } = partNames(id);
  await unlessMissing(computer, ['link', 'delete', 'dev', cable]); // at once; with its namespace it would go some time later
  await unlessMissing(computer, ['netns', 'delete', namespace]);
}

async function batch(computer: Computer, options: readonly string[], lines: readonly string[]): Promise<void> {
  await computer.run('ip', [...options, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

async function unlessMissing(computer: Computer, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await computer.run('ip', args, { ok: [0, 1, 255] });
  if (exitCode === 0 || /cannot find device|no such (file|device)/i.test(stderr)) return;
  await computer.run('ip', args); // fails again, now as the error it is
}
