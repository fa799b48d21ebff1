import { isIP } from 'node:net';

import { onEach } from '../../machine/choose/each.js';
import { hostAddresses } from '../reach/host-addresses.js';
import { addressOf } from './rows.js';
import type { Reached, Swarm } from '../reach/swarm.js';

/** A node that other nodes look for where its machine is no longer. */
export interface Moved {
  readonly machine: string;
  /** Where the swarm looks for it. */
  readonly advertised: string;
  readonly addresses: readonly string[];
}

/** Members whose host says that it has not the address which the swarm knows. Only those whose driver knows it under another are asked. */
export async function movedMembers(swarm: Swarm): Promise<Moved[]> {
  const suspects = [...swarm.members.values()].flatMap((member) => {
    const node = swarm.nodeOf(member.name);
    const advertised = node && addressOf(node);
    const isReached = member.machine !== undefined && member.engine !== undefined && member.membership !== undefined;
    if (
      advertised === undefined ||
      !isReached ||
      isIP(advertised) === 0 ||
      isIP(member.address ?? '') === 0 ||
      advertised === member.address
    )
      return [];
    return [{ member: member as Reached, advertised }];
  });
  const outcomes = await onEach(
    suspects.map(({ member }) => member.name),
    20,
    async (name) => {
      const { member, advertised } = suspects.find((suspect) => suspect.member.name === name) ?? {};
      const there = member && (await hostAddresses(swarm.session, member.machine))?.map(({ ip }) => ip);
      return there && advertised !== undefined && !there.includes(advertised) ? { machine: name, advertised, addresses: there } : undefined;
    },
  );
  return outcomes.flatMap((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value ?? [];
  });
}
