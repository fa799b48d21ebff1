import { isReadable, type MachineRow } from '../../machine/list.js';
import { table } from './table.js';

const header = ['NAME', 'ACTIVE', 'DRIVER', 'STATE', 'URL', 'SWARM', 'DOCKER', 'ERRORS'];

/** The default table of `ls`. The header is printed even without machines, as in Docker Machine. */
export function machineTable(rows: readonly MachineRow[]): string {
  return table([
    header,
    ...rows.map((row) => [row.name, activeMark(row), row.driverName, row.state, row.url, row.swarm, row.dockerVersion, row.error]),
  ]);
}

/** A row for `--json`. It leaves out the options of config.json, which `inspect` prints. */
export function jsonRow({ name, driverName, state, options: _, ...rest }: MachineRow): Omit<MachineRow, 'options'> {
  return { name, driverName, state, ...rest };
}

/** The mark in the ACTIVE column; empty when nothing is known about the machine. */
export function activeMark(row: MachineRow): string {
  if (row.activeSwarm) return '* (swarm)';
  if (row.activeHost) return '*';
  return row.state === 'Timeout' || !isReadable(row) ? '' : '-';
}
