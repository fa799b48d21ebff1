import type { Finding } from '../../../base/finding.js';
import { duplicateFindings } from './duplicates.js';
import { engineFindings } from './engines.js';
import type { EngineLook, Member } from './facts.js';
import { hostFindings } from './hosts.js';
import { poolFindings } from './pools.js';
import type { CheckSettings } from './settings.js';

/** What speaks against a swarm of these machines, without a packet between them. Nothing is told of what is as it should be. */
export function evaluateMembers(members: readonly Member[], settings: CheckSettings): Finding[] {
  const settled = settledOf(members);
  return [
    ...engineFindings(members),
    ...duplicateFindings(members),
    ...hostFindings(members),
    ...poolFindings(members, settled ?? settings, settled !== undefined),
  ];
}

/** A swarm that is there was made with what it was made with, whatever is asked now. */
export function inForce(members: readonly Member[], settings: CheckSettings): CheckSettings {
  return { ...settings, ...settledOf(members) };
}

function settledOf(members: readonly Member[]): EngineLook['settled'] {
  return members.find(({ engine }) => engine?.settled)?.engine?.settled;
}
