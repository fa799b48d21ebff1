import { messageOf } from '../../../base/errors.js';
import { say } from '../../../base/text.js';
import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { throwFailures } from '../../../machine/choose/failures.js';
import { refuseShared, removeMachine as removeByItself, type RemoveOptions } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';

/** Machines in no swarm that are removed at once. */
const removedTogether = 16;

/** Removes one machine. @param session for messages about it */
export type RemoveOne = (session: Session, name: string) => Promise<void>;

/** Calls `remove` for every name, with a session of its own choice, and says what became of each. */
export type ForEachMachine<T> = (names: readonly string[], remove: RemoveOne) => Promise<T>;

/**
 * Removes machines as the command `rm` does: those in no swarm each by itself, those in a swarm in an order that keeps its services running
 * and its quorum, and a swarm of which all are named as a whole.
 * @param options.force removes the entry in the store whatever the swarm, the driver or the configuration says; a machine that was exported
 * is then only forgotten here
 * @param options.shared removes also a machine that was exported, which another computer may use
 * @returns the outcome for each name: what its removal threw, or nothing. SWARM_QUORUM refuses a manager that its swarm needs,
 * MACHINE_SHARED a machine that was exported
 * @throws TsmachineError CONFIG_UNREADABLE for a swarm's record, which may name one of them; with `force` a warning
 */
export function removeMachines(session: Session, names: readonly string[], options?: Partial<RemoveOptions>): Promise<Outcome<void>[]>;
/** @param forEach how the machines are gone through, for a program that shows the progress of each */
export function removeMachines<T>(
  session: Session,
  names: readonly string[],
  options: Partial<RemoveOptions>,
  forEach: ForEachMachine<T>,
): Promise<T>;
export async function removeMachines(
  session: Session,
  names: readonly string[],
  { force = false, shared = false }: Partial<RemoveOptions> = {},
  forEach: ForEachMachine<unknown> = (all, remove) => onEach(all, removedTogether, (name) => remove(session, name)),
): Promise<unknown> {
  const options = { force, shared };
  const leaving = new Map<string, Promise<Outcome<void>[]>>();
  for (const [swarm, members] of await swarmsOf(session, names, options)) {
    const { removeMembers } = await import('./remove-members.js'); // most machines are in no swarm
    const outcomes = force || shared ? [] : await refusals(session, members);
    const refused = outcomes.map(({ name }) => name);
    const removed = removeMembers(
      session,
      swarm,
      members.filter((name) => !refused.includes(name)),
      options,
    ).then((others) => [...outcomes, ...others]);
    for (const name of members) leaving.set(name, removed);
  }
  return forEach(names, async (own, name) => {
    const outcomes = await leaving.get(name);
    if (!outcomes) return removeByItself(own, name, options);
    const outcome = outcomes.find((one) => one.name === name);
    if (outcome && 'error' in outcome) throw outcome.error;
  });
}

/**
 * Removes one machine, as `removeMachines` does.
 * @throws TsmachineError SWARM_QUORUM, MACHINE_SHARED, MACHINE_NOT_FOUND, or the driver's error
 */
export async function removeMachine(session: Session, name: string, options: Partial<RemoveOptions> = {}): Promise<void> {
  throwFailures(await removeMachines(session, [name], options));
}

/** Of members that were exported: before one of them leaves its swarm. */
async function refusals(session: Session, members: readonly string[]): Promise<Outcome<void>[]> {
  const outcomes = await onEach(members, removedTogether, (name) => refuseShared(session, [name]));
  return outcomes.filter((outcome) => 'error' in outcome);
}

/** The swarms of the store that have some of these machines, with those. */
async function swarmsOf(
  session: Session,
  names: readonly string[],
  { force }: Pick<RemoveOptions, 'force'>,
): Promise<Map<string, string[]>> {
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
      io.warn(say`Swarm "${swarm}" was not consulted: ${messageOf(error)}`);
    }
  }
  return found;
}
