import type { PairResult, SwarmCheck } from '../../swarm/check/check.js';
import { findingsTable } from './findings-table.js';

const widest = 80;
const longestName = 20;

/** Which machine reaches which, then the findings and the commands that fix them. */
export function checkReport({ machines, pairs, findings }: SwarmCheck): string {
  const names = machines.map(({ name }) => name);
  const parts = names.length > 1 ? [matrix(names, pairs) ?? pairList(pairs), ...unknowns(pairs)] : [];
  parts.push(findings.length > 0 ? findingsTable(findings) : 'These machines can form a swarm.');
  return parts.join('\n\n');
}

/** A row for each sender and a column for each receiver; undefined when it would be too wide for a terminal. */
export function matrix(names: readonly string[], pairs: readonly PairResult[]): string | undefined {
  if (names.length * 3 > widest) return undefined;
  const results = byPair(pairs);
  const short = names.map((name) => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name));
  const rows = names.map((from, i) => [
    `${i + 1} ${short[i] ?? ''}`,
    ...names.map((to) => (from === to ? '-' : cell(results.get(`${from} ${to}`) ?? []))),
  ]);
  const lines = [['FROM\\TO', ...names.map((_, i) => String(i + 1))], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((row) => (row[column] ?? '').length))) ?? [];
  const gap = ['  ', ' '].find((blanks) => widths.reduce((sum, width) => sum + width + blanks.length, -blanks.length) <= widest);
  if (gap === undefined) return undefined;
  return lines
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

function byPair(pairs: readonly PairResult[]): Map<string, PairResult[]> {
  const results = new Map<string, PairResult[]>();
  for (const pair of pairs) {
    const key = `${pair.from} ${pair.to}`;
    const known = results.get(key);
    if (known) known.push(pair);
    else results.set(key, [pair]);
  }
  return results;
}

/** The check that fails, or how many do. */
function cell(results: readonly PairResult[]): string {
  const blocked = results.filter(({ outcome }) => outcome === 'blocked');
  const [first] = blocked;
  if (first) {
    if (blocked.length === results.filter(({ outcome }) => outcome !== 'unknown').length && blocked.length > 1) return 'nothing';
    return blocked.length > 1 ? `${blocked.length} blocked` : checkName(first);
  }
  return results.length === 0 || results.some(({ outcome }) => outcome === 'unknown') ? '?' : 'ok';
}

/** The check as firewalls write it: `7946/udp`. */
function checkName({ check, largest }: PairResult): string {
  if (check === 'mtu') return `mtu ${largest ?? '?'}`;
  return check.split('/').reverse().join('/');
}

/** For too many machines for a matrix: the blocked checks, and their number. */
function pairList(pairs: readonly PairResult[]): string {
  const blocked = pairs.filter(({ outcome }) => outcome === 'blocked');
  const count = byPair(pairs).size;
  const lines = blocked.map((pair) => `${pair.from} -> ${pair.to}: ${checkName(pair)} ${pair.reason ?? ''}`);
  return [...lines, `${count} pairs of machines, ${blocked.length} of ${pairs.length} checks blocked`].join('\n');
}

/** Why checks had no result, each reason once. The size of packets is left out: it is always unknown when none arrives. */
function unknowns(pairs: readonly PairResult[]): string[] {
  const unknown = pairs.filter(({ outcome, check }) => outcome === 'unknown' && check !== 'mtu');
  const reasons = [...new Set(unknown.map(({ reason = '' }) => reason))];
  return reasons.length === 0 ? [] : [reasons.map((reason) => `?  cannot be checked: ${reason}`).join('\n')];
}
