import { TsmachineError } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { RemoteShell } from '../../base/shell.js';
import type { Firewall, HostFacts } from './facts.js';
import { iptablesChains } from './iptables-rules.js';
import { nftFilters } from './nft-rules.js';
import { drops } from './packet-filter.js';
import { Report } from './report.js';

/** What stands between this computer and a port of a host. */
export interface Barrier {
  /** `ufw`; `nftables (table inet t, chain input)`. */
  readonly name: string;
  /** The rules were read, and they drop connections to the port; otherwise the firewall is only known to be active. */
  readonly certain: boolean;
  /** The command that opens the port. */
  readonly openCommand: string;
}

/**
 * Reads a host's packet filters and finds the one that drops connections to the engine's port. Changes nothing.
 * @param url of the engine @throws as `shell`
 */
export async function findBarrier(shell: RemoteShell, facts: HostFacts, url: string): Promise<Barrier | undefined> {
  const { stdout } = await shell.rootScript('provision/firewall.sh', {}, { timeout: 30_000 });
  return barrierOf(stdout, facts.firewall, Number(/:(\d+)$/.exec(url)?.[1] ?? 2376), url.includes('['));
}

/** `Connection timed out; ufw on the host drops it`. */
export function barrierText({ name, certain }: Barrier): string {
  return certain ? `${name} on the host drops it` : `${name} is active on the host`;
}

/** The error for an engine that cannot be reached, with the firewall in the way and the command that opens the port. */
export function behind(error: TsmachineError, barrier: Barrier): TsmachineError {
  return new TsmachineError(error.code, say`${error.text}; ${barrierText(barrier)}`, {
    cause: error,
    hint: `Open the port there: ${barrier.openCommand}`,
  });
}

/**
 * @param rules what firewall.sh printed
 * @param active the firewall that is known to be active on the host
 */
export function barrierOf(rules: string, active: Firewall | undefined, port: number, ipv6: boolean): Barrier | undefined {
  const report = new Report(rules);
  const tool = ipv6 ? 'ip6tables' : 'iptables';
  const own = report.lines(tool);
  if (drops(iptablesChains(own, port), 'INPUT')) {
    if (active === 'ufw') return { name: 'ufw', certain: true, openCommand: openCommands.ufw(port) };
    return {
      name: `${tool} (chain INPUT)`,
      certain: true,
      openCommand: `sudo ${tool} -I INPUT -p tcp --dport ${port} -j ACCEPT`,
    };
  }
  // iptables has told of these already
  const shown = own.length > 0 ? ['ip filter', 'ip6 filter'] : [];
  const found = nftFilters(report.lines('nft'), port, ipv6).find(
    ({ table, chain, chains }) => !shown.includes(table) && drops(chains, chain),
  );
  if (found?.table === 'inet firewalld') return { name: 'firewalld', certain: true, openCommand: openCommands.firewalld(port) };
  if (found) {
    const { table, chain } = found;
    return {
      name: `nftables (table ${table}, chain ${chain})`,
      certain: true,
      openCommand: `sudo nft insert rule ${table} ${chain} tcp dport ${port} accept`,
    };
  }
  return active === undefined ? undefined : { name: active, certain: false, openCommand: openCommands[active](port) };
}

const openCommands: Readonly<Record<Firewall, (port: number) => string>> = {
  firewalld: (port) => `sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`,
  ufw: (port) => `sudo ufw allow ${port}/tcp`,
};
