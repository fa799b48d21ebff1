import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { removeMachine, type RemoveOptions } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';
import { checkDepartures, departureOrder, inOrder } from './departures.js';
import { dissolve, isWhole } from './dissolve.js';
import { lockSwarm } from '../../reach/lock.js';
import { withSwarm } from '../../reach/swarm.js';
import { removeMember } from './remove-member.js';

/** Removes machines of one swarm. Nothing is thrown: what fails is in the outcome of each. */
export async function removeMembers(
  session: Session,
  name: string,
  members: readonly string[],
  options: RemoveOptions,
): Promise<Outcome<void>[]> {
  if (members.length === 0) return [];
  const [outcome] = await onEach([name], 1, () =>
    lockSwarm(session, name, async () => {
      const record = await session.store.swarms.find(name);
      if (!record) return onEach(members, 16, (member) => removeMachine(session, member, options));
      return withSwarm(
        session,
        record,
        async (swarm) => {
          if (isWhole(swarm, members)) return dissolve(swarm, { machines: options });
          const order = departureOrder(swarm, members);
          if (!options.force) checkDepartures(swarm, order);
          return inOrder(swarm, order, (member) => removeMember(swarm, member, options));
        },
        members,
      );
    }),
  );
  if (!outcome) return [];
  return 'value' in outcome ? outcome.value : members.map((member) => ({ name: member, error: outcome.error }));
}
