import { detect } from '../../provision/look/detect-host.js';
import { type Obstacle, type Remedy, title } from './rules/blocked.js';
import type { PairResult } from './rules/pairs.js';
import { messageOf } from '../../base/errors.js';
import { run, say, type Text } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import type { InspectedMachine } from './machines.js';

/** What filters packets on a host, by the program that its administrator uses. */
type Firewall = 'firewalld' | 'ufw' | 'iptables' | 'nftables' | 'none';

/** Reads the firewalls of the machines at which something is blocked. @returns what to do against each obstacle */
export async function remedies(session: Session, inspected: readonly InspectedMachine[], pairs: readonly PairResult[]): Promise<Remedy> {
  const blocked = pairs.filter(({ outcome }) => outcome === 'blocked');
  const concerned = new Set(blocked.map(({ from, to, atSender }) => (atSender === true ? from : to)));
  if (concerned.size > 0) session.io.progress('Reading the firewalls');
  const known = new Map(
    await Promise.all(
      inspected
        .filter(({ member }) => concerned.has(member.name))
        .map(async (one) => {
          try {
            return [one.member.name, await readFirewall(session, one)] as const;
          } catch (error) {
            session.signal.throwIfAborted();
            session.io.debug(say`Cannot read the firewall of ${one.member.name}: ${messageOf(error)}`);
            return [one.member.name, 'none'] as const;
          }
        }),
    ),
  );
  return (obstacle) => {
    const address = inspected.find(({ member }) => member.name === obstacle.machine)?.member.address ?? '';
    return remedyFor(obstacle, known.get(obstacle.machine) ?? 'none', address.includes(':') ? 'ip6tables' : 'iptables');
  };
}

async function readFirewall(session: Session, { connection }: InspectedMachine): Promise<Firewall> {
  if (!connection) return 'none';
  const { firewall } = await detect(connection, { signal: session.signal });
  if (firewall !== undefined) return firewall;
  const { stdout } = await connection.rootScript('swarm/firewall.sh', {}, { timeout: 5000 });
  if (/^ip6?tables\|/m.test(stdout)) return 'iptables';
  return /^nft\|/m.test(stdout) ? 'nftables' : 'none';
}

/** The command that opens what is blocked or, if no single command does, where to look. */
export function remedyFor({ machine, direction, check }: Obstacle, firewall: Firewall, iptables = 'iptables'): Text {
  const what = title(check);
  const command = check === 'reach' ? undefined : openCommand(check, direction, firewall)?.replace('iptables', iptables);
  const keep = firewall === 'iptables' ? ' (and make the rule permanent)' : '';
  if (command !== undefined) return say`${run('ssh', machine, command)}${keep}`;
  if (firewall !== 'none') {
    const listRules = run('ssh', machine, ...rulesCommands(iptables)[firewall]);
    return say`Allow ${what} ${direction === 'in' ? 'into' : 'out of'} ${machine} in ${firewall}. To list its rules: ${listRules}`;
  }
  const answers = check.startsWith('tcp/') || check === 'reach' ? ' and the answers to it' : '';
  return (
    `Allow ${what} to ${machine}${answers} in the firewall or security group of its network: ` +
    `no rule on ${machine} itself seems to block it`
  );
}

function rulesCommands(iptables: string): Readonly<Record<Exclude<Firewall, 'none'>, readonly string[]>> {
  return {
    firewalld: ['sudo', 'firewall-cmd', '--list-all'],
    ufw: ['sudo', 'ufw', 'status'],
    iptables: ['sudo', iptables, '-S'],
    nftables: ['sudo', 'nft', 'list', 'ruleset'],
  };
}

function openCommand(check: string, direction: Obstacle['direction'], firewall: Firewall): string | undefined {
  const [protocol = '', port] = check.split('/');
  switch (firewall) {
    case 'firewalld': {
      if (direction === 'out') return undefined;
      const what = port === undefined ? `--add-protocol=${protocol}` : `--add-port=${port}/${protocol}`;
      return `sudo firewall-cmd --permanent ${what} && sudo firewall-cmd --reload`;
    }
    case 'ufw':
      if (port === undefined) return `sudo ufw allow ${direction} proto ${protocol} from any to any`;
      return `sudo ufw allow ${direction} ${port}/${protocol}`;
    case 'iptables': {
      const chain = direction === 'in' ? 'INPUT' : 'OUTPUT';
      return `sudo iptables -I ${chain} -p ${protocol} ${port === undefined ? '' : `--dport ${port} `}-j ACCEPT`;
    }
    case 'nftables':
    case 'none':
      return undefined;
  }
}
