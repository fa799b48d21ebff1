import { isReadable, type MachineRow } from '../../machine/list.js';
import { table } from './table.js';

const header = ['NAME', 'ACTIVE', 'DRIVER', 'STATE', 'URL', 'SWARM', 'DOCKER', 'ERRORS'];

/** The default table of `ls` (spec 2.9); the header stands there even without machines. */
export function machineTable(rows: readonly MachineRow[]): string {
  return table([
    header,
    ...rows.map((row) => [row.name, activeMark(row), row.driverName, row.state, row.url, row.swarm, row.dockerVersion, row.error]),
  ]);
}

/** A row for scripts: what is in config.json is what `inspect` is for. */
export function jsonRow({ name, driverName, state, options: _, ...rest }: MachineRow): Omit<MachineRow, 'options'> {
  return { name, driverName, state, ...rest };
}

/** A machine nothing is known about is neither active nor not. */
export function activeMark(row: MachineRow): string {
  if (row.activeSwarm) return '* (swarm)';
  if (row.activeHost) return '*';
  return row.state === 'Timeout' || !isReadable(row) ? '' : '-';
}
