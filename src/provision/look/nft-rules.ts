import { holdsPort, type Applies, type Chain, type Rule } from './packet-filter.js';

/** A chain that packets to the host pass through, with the chains of its table. */
export interface NftFilter {
  /** `inet filter`. */
  readonly table: string;
  readonly chain: string;
  readonly chains: ReadonlyMap<string, Chain>;
}

/** The filters of incoming packets that `nft -s list ruleset` prints, as a new TCP connection to a port sees them. */
export function nftFilters(lines: readonly string[], port: number, ipv6: boolean): NftFilter[] {
  const filters: NftFilter[] = [];
  let table = '';
  let chains = new Map<string, { policy?: 'accept' | 'drop'; rules: Rule[] }>();
  let chain: { policy?: 'accept' | 'drop'; rules: Rule[] } | undefined;
  let name = '';
  for (const line of lines.map((one) => one.trim())) {
    const opened = /^(table|chain) (.+) \{$/.exec(line);
    if (opened?.[1] === 'table') {
      table = opened[2] ?? '';
      chains = new Map();
    } else if (opened?.[1] === 'chain') {
      name = opened[2] ?? '';
      chain = { rules: [] };
      chains.set(name, chain);
    } else if (line === '}') chain = undefined;
    else if (chain && line.startsWith('type ')) {
      if (!/hook (input|prerouting|ingress) /.test(line)) continue;
      chain.policy = line.includes('policy drop') ? 'drop' : 'accept';
      if (line.startsWith('type filter ')) filters.push({ table, chain: name, chains });
    } else chain?.rules.push(ruleOf(line, port, ipv6));
  }
  return filters.filter((filter) => !filter.table.startsWith(ipv6 ? 'ip ' : 'ip6 '));
}

function ruleOf(line: string, port: number, ipv6: boolean): Rule {
  const plain = line.replace(/ comment ".*?"/, '').replace(/ log( prefix ".*?")?( level \w+)?( flags \w+)?/, '');
  const [, jump = '', chain = ''] = /\b(jump|goto) (\S+)$/.exec(plain) ?? [];
  const applies = appliesOf(plain, port, ipv6);
  if (chain !== '') return { applies, verdict: jump === 'goto' ? 'goto' : 'jump', chain };
  const [, word = ''] = /(?:^|\s)(accept|drop|reject|return)(?: with .*)?$/.exec(plain) ?? [];
  if (word === 'reject' || word === 'drop') return { applies, verdict: 'drop' };
  return { applies, verdict: word === 'accept' || word === 'return' ? word : 'none' };
}

function appliesOf(rule: string, port: number, ipv6: boolean): Applies {
  const conditions = rule
    .replace(/(^|\s)(counter( packets \d+ bytes \d+)?|accept|drop|reject( with .*)?|return|(jump|goto) \S+)(?=\s|$)/g, ' ')
    .trim();
  if (conditions === '') return 'yes';
  const ports = /^(?:(?:meta )?l4proto tcp )?(?:tcp|th) dport (!= )?(\{[^}]*\}|[\w:-]+)$/.exec(conditions);
  if (ports) return holdsPort(ports[2] ?? '', port) === (ports[1] === undefined) ? 'yes' : 'no';
  const states = /^ct state (\{[^}]*\}|[\w,]+)$/.exec(conditions);
  if (states) return /\bnew\b/.test(states[1] ?? '') ? 'yes' : 'no';
  if (/^iif(name)? "?lo"?$/.test(conditions)) return 'no';
  if (/^meta nfproto ipv[46]$/.test(conditions)) return conditions.endsWith(ipv6 ? '6' : '4') ? 'yes' : 'no';
  if (/^(meta )?l4proto \{?[^}]*\btcp\b[^}]*\}?$/.test(conditions)) return 'yes';
  return /\b(udp|icmp|icmpv6|icmpv6|ipv6-icmp|sctp|igmp|esp)\b/.test(conditions) && !/\btcp\b/.test(conditions) ? 'no' : 'maybe';
}
