import type { PairResult, SwarmCheck } from '../core/swarm/check/check.js';
import { findingsTable } from './findings-table.js';

const widest = 80;
const longestName = 20;

/** Who reaches whom, then what is wrong and what to type. */
export function checkReport({ machines, pairs, findings }: SwarmCheck): string {
  const names = machines.map(({ name }) => name);
  const parts = names.length > 1 ? [matrix(names, pairs) ?? pairList(pairs), ...unknowns(pairs)] : [];
  parts.push(findings.length > 0 ? findingsTable(findings) : 'Nothing stands in the way of a swarm.');
  return parts.join('\n\n');
}

/** A row for each sender, a column for each receiver; undefined when it would be wider than a terminal. */
export function matrix(names: readonly string[], pairs: readonly PairResult[]): string | undefined {
  const short = names.map((name) => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name));
  const numbered = short.map((name, i) => `${i + 1} ${name}`);
  const rows = names.map((from, i) => [
    numbered[i] ?? '', ...names.map((to) => (from === to ? '-' : cell(pairs.filter((pair) => pair.from === from && pair.to === to)))),
  ]);
  const table = [['FROM \\ TO', ...names.map((_, i) => String(i + 1))], ...rows];
  const widths = names.map((_, i) => Math.max(...table.map((row) => (row[i + 1] ?? '').length)));
  const label = Math.max(...table.map(([name = '']) => name.length));
  if (label + widths.reduce((sum, width) => sum + width + 2, 0) > widest) return undefined;
  return table.map(([name = '', ...cells]) => [name.padEnd(label), ...cells.map((text, i) => text.padEnd(widths[i] ?? 0))].join('  ').trimEnd()).join('\n');
}

/** The one check that fails, or how many do. */
function cell(results: readonly PairResult[]): string {
  const blocked = results.filter(({ outcome }) => outcome === 'blocked');
  const [first] = blocked;
  if (first) {
    if (blocked.length === results.filter(({ outcome }) => outcome !== 'unknown').length && blocked.length > 1) return 'nothing';
    return blocked.length > 1 ? `${blocked.length} blocked` : shown(first);
  }
  return results.length === 0 || results.some(({ outcome }) => outcome === 'unknown') ? '?' : 'ok';
}

/** Firewalls write `7946/udp`. */
function shown({ check, largest }: PairResult): string {
  if (check === 'mtu') return `mtu ${largest ?? '?'}`;
  return check.split('/').reverse().join('/');
}

/** For more machines than a terminal has room for: what is not open, and how much is. */
function pairList(pairs: readonly PairResult[]): string {
  const blocked = pairs.filter(({ outcome }) => outcome === 'blocked');
  const count = new Set(pairs.map(({ from, to }) => `${from} ${to}`)).size;
  const lines = blocked.map((pair) => `${pair.from} -> ${pair.to}: ${shown(pair)} ${pair.reason ?? ''}`);
  return [...lines, `${count} pairs of machines, ${blocked.length} of ${pairs.length} checks blocked`].join('\n');
}

/** Why something could not be told, each reason once; that sizes of packets cannot be told where none arrives goes without saying. */
function unknowns(pairs: readonly PairResult[]): string[] {
  const untold = pairs.filter(({ outcome, check }) => outcome === 'unknown' && check !== 'mtu');
  const reasons = [...new Set(untold.map(({ reason = '' }) => reason))];
  return reasons.length === 0 ? [] : [reasons.map((reason) => `?  cannot be checked: ${reason}`).join('\n')];
}
