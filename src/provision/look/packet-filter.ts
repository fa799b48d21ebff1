/**
 * Whether a rule's conditions hold for a new TCP connection to the port. maybe: they depend on where it comes from, or are not understood.
 */
export type Applies = 'yes' | 'no' | 'maybe';

export interface Rule {
  readonly applies: Applies;
  readonly verdict: 'accept' | 'drop' | 'return' | 'jump' | 'goto' | 'none';
  /** The chain of a jump. */
  readonly chain?: string;
}

export interface Chain {
  readonly rules: readonly Rule[];
  /** For chains that packets enter first: what happens to a packet that no rule decides about. */
  readonly policy?: 'accept' | 'drop';
}

/** Deep enough for every generator of rules, and an end to rules that jump in a circle. */
const deepest = 16;

/**
 * Whether a chain drops a connection for which it was found that something does: conditions that may or may not hold are taken not to, as
 * in `ip saddr 10.0.0.0/8 accept`.
 */
export function drops(chains: ReadonlyMap<string, Chain>, name: string): boolean {
  const verdict = walk(chains, name, 0);
  return verdict === 'drop' || (verdict === undefined && chains.get(name)?.policy === 'drop');
}

/** Undefined: the chain does not decide. */
function walk(chains: ReadonlyMap<string, Chain>, name: string, depth: number): 'accept' | 'drop' | undefined {
  if (depth > deepest) return undefined;
  for (const { applies, verdict, chain = '' } of chains.get(name)?.rules ?? []) {
    if (applies !== 'yes' || verdict === 'none') continue;
    if (verdict === 'return') return undefined;
    if (verdict === 'accept' || verdict === 'drop') return verdict;
    const decided = walk(chains, chain, depth + 1);
    if (decided !== undefined || verdict === 'goto') return decided;
  }
  return undefined;
}

/** Whether a list such as `22,2376,8000:8100` (iptables) or `{ 22, 8000-8100 }` (nftables) holds a port; names of services hold none. */
export function holdsPort(list: string, port: number): boolean {
  return list
    .replace(/[{}\s]/g, '')
    .split(',')
    .some((part) => {
      const [from, to = from] = part.split(/[:-]/).map(Number);
      return from !== undefined && to !== undefined && from <= port && port <= to;
    });
}
