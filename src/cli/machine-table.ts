import type { MachineRow } from '../core/list.js';
import { table } from './table.js';

const header = ['NAME', 'ACTIVE', 'DRIVER', 'STATE', 'URL', 'SWARM', 'DOCKER', 'ERRORS'];

/** The default table of `ls` (spec 2.9); the header stands there even without machines. */
export function machineTable(rows: readonly MachineRow[]): string {
  return table([header, ...rows.map((row) => [
    row.name, activeMark(row), row.driverName, row.state, row.url, row.swarm, row.dockerVersion, row.error,
  ])]);
}

/** A machine nothing is known about is neither active nor not. */
export function activeMark(row: MachineRow): string {
  if (row.activeSwarm) return '* (swarm)';
  if (row.activeHost) return '*';
  return row.state === 'Timeout' || row.driverName === 'not found' ? '' : '-';
}
