import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { messageOf } from '../../../base/errors.js';
import { say } from '../../../base/text.js';
import { removeMachine } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';

type Removal = (session: Session, name: string) => Promise<void>;

/**
 * How to remove these machines: those in no swarm each by itself, those in one in an order that keeps it alive, and a swarm of which
 * all are named as a whole. With `force` a machine goes whatever its swarm says.
 * @returns the removal of one of them; it throws SWARM_QUORUM and what else `depart` throws, or what `removeMachine` does
 * @throws TsmachineError CONFIG_UNREADABLE for a swarm's record, which may name one of them
 */
export async function removalOf(session: Session, names: readonly string[], options: { force: boolean }): Promise<Removal> {
  const ends = new Map<string, Promise<Outcome<void> | undefined>>();
  for (const [swarm, members] of await swarmsOf(session, names, options)) {
    const { removeMembers } = await import('./remove-members.js'); // most machines are in no swarm
    const outcomes = removeMembers(session, swarm, members, options);
    for (const name of members)
      ends.set(
        name,
        outcomes.then((all) => all.find((outcome) => outcome.name === name)),
      );
  }
  return async (own, name) => {
    const outcome = await (ends.get(name) ?? onEach([name], 1, () => removeMachine(own, name, options)).then(([only]) => only));
    if (outcome && 'error' in outcome) throw outcome.error;
  };
}

/**
 * Removes machines with everything their drivers made: those in no swarm at once, those in one in an order that keeps its quorum, and a
 * swarm of which all are named as a whole. A failure stops no other machine.
 * @param options.force remove the store's entry whatever the driver, the configuration or the swarm says
 * @returns how it ended for each machine, in the order of the names
 * @throws TsmachineError CONFIG_UNREADABLE for a swarm's record, which may name one of them
 */
export async function removeMachines(
  session: Session,
  names: readonly string[],
  { force = false }: { force?: boolean } = {},
): Promise<Outcome<void>[]> {
  const unique = [...new Set(names)];
  const remove = await removalOf(session, unique, { force });
  return onEach(unique, 16, (name) => remove(session, name));
}

/** The swarms of the store that have some of these machines, with those. */
async function swarmsOf(session: Session, names: readonly string[], { force }: { force: boolean }): Promise<Map<string, string[]>> {
  const {
    store: { swarms },
    io,
  } = session;
  const found = new Map<string, string[]>();
  for (const swarm of await swarms.names()) {
    try {
      const { members = {} } = (await swarms.find(swarm)) ?? {};
      const ours = names.filter((name) => name in members);
      if (ours.length > 0) found.set(swarm, ours);
    } catch (error) {
      if (!force) throw error;
      io.warn(say`Swarm "${swarm}" is not asked: ${messageOf(error)}`);
    }
  }
  return found;
}
