import type { Finding } from '../../../base/findings.js';
import { duplicateFindings } from './duplicates.js';
import { engineFindings } from './engines.js';
import type { InspectedEngine, CheckedMember } from './facts.js';
import { hostFindings } from './hosts.js';
import { allocationFindings, poolFindings } from './pools.js';
import type { CheckSettings } from './settings.js';

/** What speaks against a swarm of these machines, as far as it can be said without a packet between them. Empty when nothing does. */
export function evaluateMembers(members: readonly CheckedMember[], settings: CheckSettings): Finding[] {
  const fixed = swarmSettings(members);
  return [
    ...engineFindings(members),
    ...duplicateFindings(members),
    ...hostFindings(members),
    ...poolFindings(members, fixed ?? settings, fixed !== undefined),
    ...allocationFindings(members),
  ];
}

/** The settings to check with: those of a swarm that exists cannot be changed and take precedence over what is asked for. */
export function settingsInForce(members: readonly CheckedMember[], settings: CheckSettings): CheckSettings {
  return { ...settings, ...swarmSettings(members) };
}

function swarmSettings(members: readonly CheckedMember[]): InspectedEngine['swarmSettings'] {
  return members.find(({ engine }) => engine?.swarmSettings)?.engine?.swarmSettings;
}
