import { labelPairs, nodeColumns, type NodeRow } from '../../swarm/status/node-columns.js';
import { table } from './table.js';

/** Machines and the nodes that they are, side by side. The columns are defined in swarm/status/node-columns.ts. */
export function nodesTable(rows: readonly NodeRow[]): string {
  const columns = Object.entries(nodeColumns).flatMap(([field, column]) => printed(field, column as AnyColumn, rows));
  const lines = table([columns.map(({ title }) => title), ...rows.map((_, i) => columns.map(({ cells }) => cells[i] ?? ''))], 2);
  return lines
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The labels of one node, one a line, sorted by key. */
export function labelLines(labels: NodeRow['labels']): string {
  return labelPairs(labels).join('\n');
}

/** A column whose kind of value is not known here. */
interface AnyColumn {
  readonly title?: string;
  readonly cell?: (value: unknown, row: NodeRow) => string;
  readonly optional?: true;
}

interface PrintedColumn {
  readonly title: string;
  readonly cells: readonly string[];
}

function printed(field: string, { title, cell = plainCell, optional }: AnyColumn, rows: readonly NodeRow[]): PrintedColumn[] {
  if (title === undefined) return [];
  const cells = rows.map((row) => cell((row as Readonly<Record<string, unknown>>)[field], row));
  const isEmpty = cells.every((text) => text === '' || text === '-');
  return optional && isEmpty ? [] : [{ title, cells }];
}

function plainCell(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
