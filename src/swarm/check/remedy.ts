import { detect } from '../../provision/look/detect.js';
import { quote } from '../../base/quote.js';
import { type Obstacle, type Remedy, title } from './rules/blocked.js';
import type { PairResult } from './rules/pairs.js';
import { messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import type { Visited } from './visits.js';

/** What filters packets on a host: the program that its owner works with. */
type Firewall = 'firewalld' | 'ufw' | 'iptables' | 'nftables' | 'none';

/** Looks at the firewalls of the machines where something is blocked. @returns the command that opens each obstacle */
export async function remedies(session: Session, visited: readonly Visited[], pairs: readonly PairResult[]): Promise<Remedy> {
  const blocked = pairs.filter(({ outcome }) => outcome === 'blocked');
  const concerned = new Set(blocked.map(({ from, to, atSender }) => (atSender === true ? from : to)));
  if (concerned.size > 0) session.io.progress('Looking at the firewalls');
  const known = new Map(
    await Promise.all(
      visited
        .filter(({ member }) => concerned.has(member.name))
        .map(async (one) => {
          try {
            return [one.member.name, await lookAtFirewall(session, one)] as const;
          } catch (error) {
            session.signal.throwIfAborted();
            session.io.debug(say`The firewall of ${one.member.name}: ${messageOf(error)}`);
            return [one.member.name, 'none'] as const;
          }
        }),
    ),
  );
  return (obstacle) => {
    const address = visited.find(({ member }) => member.name === obstacle.machine)?.member.address ?? '';
    return remedyFor(obstacle, known.get(obstacle.machine) ?? 'none', address.includes(':') ? 'ip6tables' : 'iptables');
  };
}

async function lookAtFirewall(session: Session, { connection }: Visited): Promise<Firewall> {
  if (!connection) return 'none';
  const { firewall } = await detect(connection, { signal: session.signal });
  if (firewall?.name === 'firewalld' || firewall?.name === 'ufw') return firewall.name;
  const { stdout } = await connection.rootScript('swarm/firewall.sh', {}, { timeout: 5000 });
  if (/^ip6?tables\|/m.test(stdout)) return 'iptables';
  return /^nft\|/m.test(stdout) ? 'nftables' : 'none';
}

/** The command that opens an obstacle, or where to look when no command can. */
export function remedyFor({ machine, direction, check }: Obstacle, firewall: Firewall, iptables = 'iptables'): string {
  const what = title(check);
  const command = check === 'reach' ? undefined : openCommand(check, direction, firewall)?.replace('iptables', iptables);
  const keep = firewall === 'iptables' ? ' (and keep the rule over reboots)' : '';
  if (command !== undefined) return `tsmachine ssh ${machine} ${quote(command)}${keep}`;
  const rules = rulesCommands(iptables)[firewall];
  const which = direction === 'in' ? `let ${what} in` : `let ${what} out`;
  if (rules !== '') return `Have ${firewall} ${which}; its rules: tsmachine ssh ${machine} ${rules}`;
  const answers = check.startsWith('tcp/') || check === 'reach' ? ', or the answers on their way back,' : '';
  return (
    `Let ${what}${answers} through to ${machine} in the firewall or security group of its network: ` +
    `${machine} itself blocks nothing that can be seen`
  );
}

function rulesCommands(iptables: string): Readonly<Record<Firewall, string>> {
  return {
    firewalld: 'sudo firewall-cmd --list-all',
    ufw: 'sudo ufw status',
    iptables: `sudo ${iptables} -S`,
    nftables: 'sudo nft list ruleset',
    none: '',
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
    case 'iptables':
      return `sudo iptables -I ${direction === 'in' ? 'INPUT' : 'OUTPUT'} -p ${protocol} ${port === undefined ? '' : `--dport ${port} `}-j ACCEPT`;
    case 'nftables':
    case 'none':
      return undefined;
  }
}
