import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { messageOf } from '../../../base/errors.js';
import { say } from '../../../base/text.js';
import { removeMachine } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';
import { checkDepartures, departureOrder, inOrder } from './departures.js';
import { depart } from './depart.js';
import { dissolve, isWhole } from './dissolve.js';
import { withSwarm, type Swarm } from '../../reach/swarm.js';

/** Removes machines of one swarm. Nothing is thrown: what fails is in the outcome of each. */
export async function removeMembers(
  session: Session,
  name: string,
  members: readonly string[],
  options: { force: boolean },
): Promise<Outcome<void>[]> {
  const [outcome] = await onEach([name], 1, () =>
    session.store.swarms.lock(
      name,
      async () => {
        const record = await session.store.swarms.find(name);
        if (!record) return onEach(members, 16, (member) => removeMachine(session, member, options));
        return withSwarm(
          session,
          record,
          async (swarm) => {
            if (isWhole(swarm, members)) return dissolve(swarm, { machines: options.force ? 'force' : 'remove' });
            const order = departureOrder(swarm, members);
            if (!options.force) checkDepartures(swarm, order);
            return inOrder(swarm, order, (member) => removeMember(swarm, member, options));
          },
          members,
        );
      },
      {
        signal: session.signal,
        onWait: () => {
          session.io.progress(`Waiting for another tsmachine that works on swarm "${name}"`);
        },
      },
    ),
  );
  if (!outcome) return [];
  return 'value' in outcome ? outcome.value : members.map((member) => ({ name: member, error: outcome.error }));
}

async function removeMember(swarm: Swarm, name: string, { force }: { force: boolean }): Promise<void> {
  const { session } = swarm;
  try {
    await depart(swarm, name, { force: true, remembered: true });
  } catch (error) {
    session.signal.throwIfAborted();
    if (!force) throw error;
    session.io.warn(say`${name} goes without having left swarm "${swarm.name}": ${messageOf(error)}`);
  }
  session.io.progress(`Removing ${name}`);
  if (await session.store.exists(name)) await removeMachine(session, name, { force });
  await swarm.forgetMember(name);
  if (Object.keys(swarm.record.members).length === 0) await session.store.swarms.remove(swarm.name);
}
