import { longestHostName } from '../../../base/forms.js';
import { machineNames } from '../../model/declaration.js';
import { quorumWarnings } from '../../model/manager-count.js';
import type { GroupSection } from '../document.js';
import { finding, type FileFinding } from './file-finding.js';
import { pointerTo } from '../text/pointer.js';

type Groups = readonly (readonly [name: string, group: GroupSection])[];

/**
 * Checks that no machine is declared twice. Names that differ only in case are the same folder on macOS and Windows.
 * @param lineOf the line of the value at a pointer
 */
export function checkNames(swarm: string, groups: Groups, lineOf: (pointer: string) => number): FileFinding[] {
  const taken = new Map<string, { readonly machine: string; readonly pointer: string }>();
  const findings: FileFinding[] = [];
  for (const [name, group] of groups) {
    const at = pointerTo('/groups', name);
    const machines = machineNames(swarm, name, group.names ?? group.count ?? 0);
    for (const [i, machine] of machines.entries()) {
      const pointer = group.names ? `${at}/names/${i}` : `${at}/count`;
      const key = group.names ? 'names' : 'count';
      const before = taken.get(machine.toLowerCase());
      if (before) {
        const other = before.machine === machine ? 'machine' : `machine "${before.machine}", which differs only in case,`;
        const message = `"${machine}": the ${other} is already in line ${lineOf(before.pointer)}`;
        findings.push(finding('error', 'value', pointer, `groups.${name}.${key}: ${message}`));
      } else taken.set(machine.toLowerCase(), { machine, pointer });
      if (!group.names && machine.length > longestHostName) {
        findings.push(
          finding('error', 'key', at, `groups.${name}: the names of its machines are longer than ${longestHostName} characters`),
        );
        break;
      }
    }
  }
  return findings;
}

/** Far more than swarms have: they keep the work on a wrong file short. */
const most = { groups: 1000, machines: 10_000 };

/** Checks how much a file declares, before anything else is done with its groups: they may have any shape. */
export function checkSize(groups: unknown): FileFinding[] {
  if (typeof groups !== 'object' || groups === null) return [];
  const sections = Object.values(groups);
  const machines = sections.reduce<number>((sum, section) => sum + machinesIn(section), 0);
  const over = sections.length > most.groups ? `${most.groups} groups` : machines > most.machines ? `${most.machines} machines` : undefined;
  return over === undefined ? [] : [finding('error', 'key', '/groups', `a file declares at most ${over}`)];
}

function machinesIn(section: unknown): number {
  const { names, count } = typeof section === 'object' ? ({ ...section } as { names?: unknown; count?: unknown }) : {};
  return Array.isArray(names) ? names.length : typeof count === 'number' && count > 0 ? count : 0;
}

/** Checks that there are managers, and a sensible number of them. */
export function checkManagers(groups: Groups): FileFinding[] {
  const ofManagers = groups.filter(([, { role }]) => role === 'manager');
  const count = ofManagers.reduce((sum, [, group]) => sum + (group.names?.length ?? group.count ?? 0), 0);
  const [[first] = []] = ofManagers;
  const at = first === undefined ? '/groups' : pointerTo('/groups', first);
  if (count === 0) return [finding('error', 'key', at, 'a swarm needs at least one manager: a group with role: manager')];
  return quorumWarnings(count).map((message) => finding('warning', 'key', at, message));
}
