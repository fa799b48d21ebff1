import type { NodeRow } from '../../swarm/status/rows.js';
import { table } from './table.js';

interface Column {
  readonly header: string;
  readonly cell: (row: NodeRow) => string;
  /** Whether the column says anything that another does not; always, unless given. */
  readonly needed?: (rows: readonly NodeRow[]) => boolean;
}

const columns: readonly Column[] = [
  { header: 'MACHINE', cell: ({ machine = '-' }) => machine },
  {
    header: 'NODE',
    cell: ({ machine, node = '-' }) => (machine === node ? '' : node),
    needed: (rows) => rows.some(({ machine, node }) => node !== undefined && node !== machine),
  },
  { header: 'ROLE', cell: ({ role = '-' }) => role },
  { header: 'STATUS', cell: ({ status }) => capital(status) },
  { header: 'AVAILABILITY', cell: ({ availability = '-' }) => capital(availability) },
  { header: 'MANAGER', cell: ({ manager = '' }) => capital(manager) },
  { header: 'ENGINE', cell: ({ engine }) => engine.replace(/\+.*$/, '') },
  { header: 'ADDRESS', cell: ({ address }) => address },
  {
    header: 'LABELS',
    cell: ({ labels }) => pairs(labels).join(','),
    needed: (rows) => rows.some(({ labels }) => Object.keys(labels).length > 0),
  },
];

/** Machines beside the nodes that they are; host names and labels only where there is something to tell. */
export function nodesTable(rows: readonly NodeRow[]): string {
  const shown = columns.filter(({ needed }) => needed?.(rows) ?? true);
  const lines = table([shown.map(({ header }) => header), ...rows.map((row) => shown.map(({ cell }) => cell(row)))], 2);
  return lines
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

type Labels = NodeRow['labels'];

/** One a line, by key. */
export function labelLines(labels: Labels): string {
  return pairs(labels).join('\n');
}

function pairs(labels: Labels): string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
