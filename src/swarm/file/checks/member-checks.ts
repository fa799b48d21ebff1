import { longestName } from '../../../base/forms.js';
import { machineNames } from '../../model/declaration.js';
import { quorumWarnings } from '../../model/manager-count.js';
import type { GroupSection } from '../document.js';
import { finding, type Finding } from './finding.js';
import { pointerTo } from '../text/pointer.js';

type Groups = readonly (readonly [name: string, group: GroupSection])[];

/** Every machine is there once: names that differ only in case are one folder on macOS and Windows. @param lineOf the line of a pointer */
export function checkNames(swarm: string, groups: Groups, lineOf: (pointer: string) => number): Finding[] {
  const taken = new Map<string, { readonly machine: string; readonly pointer: string }>();
  const findings: Finding[] = [];
  for (const [name, group] of groups) {
    const at = pointerTo('/groups', name);
    const machines = machineNames(swarm, name, group.names ?? group.count ?? 0);
    for (const [i, machine] of machines.entries()) {
      const pointer = group.names ? `${at}/names/${i}` : `${at}/count`;
      const key = group.names ? 'names' : 'count';
      const before = taken.get(machine.toLowerCase());
      if (before) {
        const other = before.machine === machine ? 'machine' : `machine "${before.machine}", which differs only in upper and lower case,`;
        const message = `"${machine}": the ${other} is in line ${lineOf(before.pointer)} already`;
        findings.push(finding('error', 'value', pointer, `groups.${name}.${key}: ${message}`));
      } else taken.set(machine.toLowerCase(), { machine, pointer });
      if (!group.names && machine.length > longestName) {
        findings.push(finding('error', 'key', at, `groups.${name}: the names of its machines have more than ${longestName} characters`));
        break;
      }
    }
  }
  return findings;
}

/** Whether the swarm can be managed. */
export function checkManagers(groups: Groups): Finding[] {
  const ofManagers = groups.filter(([, { role }]) => role === 'manager');
  const count = ofManagers.reduce((sum, [, group]) => sum + (group.names?.length ?? group.count ?? 0), 0);
  const [[first] = []] = ofManagers;
  const at = first === undefined ? '/groups' : pointerTo('/groups', first);
  if (count === 0) return [finding('error', 'key', at, 'a swarm needs at least one manager: a group with role: manager')];
  return quorumWarnings(count).map((message) => finding('warning', 'key', at, message));
}
