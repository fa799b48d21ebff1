import { isIP } from 'node:net';

import { onEach } from '../../machine/choose/each.js';
import { hostAddresses } from '../reach/host-addresses.js';
import type { Member } from '../reach/member.js';
import type { Reached, Swarm } from '../reach/swarm.js';
import { addressOf } from './node-columns.js';

/** A machine whose host no longer has the address at which the other nodes look for it. */
export interface Moved {
  readonly machine: string;
  /** The address the swarm knows. */
  readonly advertised: string;
  /** The addresses that the host has. */
  readonly addresses: readonly string[];
}

/**
 * The members whose host does not have the address that the swarm knows. Only those are asked whose driver reports another address.
 * @throws what the first host that cannot be asked threw
 */
export async function movedMembers(swarm: Swarm): Promise<Moved[]> {
  const suspects = new Map(
    [...swarm.members.values()].flatMap((member) => {
      const node = swarm.nodeOf(member.name);
      const advertised = node && addressOf(node);
      if (advertised === undefined || advertised === member.address || !isReached(member)) return [];
      if (isIP(advertised) === 0 || isIP(member.address ?? '') === 0) return [];
      return [[member.name, { member, advertised }] as const];
    }),
  );
  const outcomes = await onEach([...suspects.keys()], 20, async (name): Promise<Moved[]> => {
    const suspect = suspects.get(name);
    const addresses = suspect && (await hostAddresses(swarm.session, suspect.member.machine))?.map(({ ip }) => ip);
    if (!addresses || addresses.includes(suspect.advertised)) return [];
    return [{ machine: name, advertised: suspect.advertised, addresses }];
  });
  return outcomes.flatMap((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  });
}

function isReached(member: Member): member is Reached {
  return member.machine !== undefined && member.engine !== undefined && member.membership !== undefined;
}
