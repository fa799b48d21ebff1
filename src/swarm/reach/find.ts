import type { SwarmRecord } from '../../store/swarms.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, run, say, type Text } from '../../base/text.js';
import { onEach } from '../../machine/choose/each.js';
import { readingOnce } from '../../machine/engine/engine.js';
import type { Session } from '../../machine/session.js';
import { lookAtMember } from './member.js';

/** How many machines are asked at once whether they are in a swarm. */
const lookedTogether = 50;

/**
 * The swarm that a command is about, given its name or a machine in it; the only one of the store when nothing is named.
 * @throws TsmachineError SWARM_NOT_FOUND, SWARM_STATE (a machine in no swarm of the store), USAGE (several to choose from),
 * CONFIG_UNREADABLE
 */
export async function findSwarm(session: Session, given?: string): Promise<SwarmRecord> {
  const { swarms } = session.store;
  if (given !== undefined) {
    const named = (await swarmNamed(session, given)) ?? (await swarmOf(session, given));
    if (named) return named;
    if (!(await session.store.exists(given))) {
      throw new TsmachineError('SWARM_NOT_FOUND', `There is no swarm, and no machine, called "${given}"`, {
        hint: await knownSwarms(session),
      });
    }
    throw (
      (await unknownSwarm(session, [given])) ??
      new TsmachineError('SWARM_STATE', `${given} is in no swarm that this store knows`, {
        hint: say`${run('swarm', 'init', given)}, or ${run('swarm', 'join', given, '--role', 'worker')}`,
      })
    );
  }
  const names = await swarms.names();
  const [only, ...more] = names;
  if (only === undefined) throw await noSwarm(session);
  if (more.length > 0)
    throw new TsmachineError('USAGE', `Which swarm? There are ${names.join(', ')}`, { hint: 'Name one of them, or a machine in it' });
  const record = await swarms.find(only);
  if (record) return record;
  throw new TsmachineError('SWARM_NOT_FOUND', `Swarm "${only}" was removed in the meantime`);
}

async function noSwarm(session: Session): Promise<TsmachineError> {
  const machines = await session.store.names();
  const made = await unknownSwarm(session, machines);
  return made ?? new TsmachineError('SWARM_NOT_FOUND', 'There is no swarm yet', { hint: run('swarm', 'init', machines[0] ?? 'MACHINE') });
}

/** A swarm that was made by hand on one of these machines: how to take it into the store. Engines that do not answer are passed over. */
async function unknownSwarm(session: Session, names: readonly string[]): Promise<TsmachineError | undefined> {
  const read = readingOnce();
  const outcomes = await onEach(names, lookedTogether, async (name) => {
    const member = await lookAtMember(session, name, read);
    member.engine?.close();
    return member;
  });
  session.signal.throwIfAborted();
  const members = outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
  const manager = members.find(({ membership }) => membership?.control === true);
  if (manager) {
    return new TsmachineError('SWARM_STATE', `${manager.name} is a manager of a swarm that was made by hand: this store does not know it`, {
      hint: say`Take it into the store as it is: ${run('swarm', 'init', manager.name)}`,
    });
  }
  const worker = members.find(({ membership }) => membership?.state === 'active');
  if (!worker) return undefined;
  const at = worker.membership?.managers.map(({ address }) => address).join(', ') ?? '';
  return new TsmachineError('SWARM_STATE', `${worker.name} is a worker of a swarm that this store does not know`, {
    hint: lines([
      `Its managers are at ${at}: make one of their hosts a machine, and run swarm init on it`,
      say`Or take ${worker.name} out of it: ${run('swarm', 'leave', worker.name)}`,
    ]),
  });
}

/** The swarm of the store that has this machine; undefined for a machine in none. */
export async function swarmOf(session: Session, machine: string): Promise<SwarmRecord | undefined> {
  const { swarms } = session.store;
  for (const name of await swarms.names()) {
    const record = await swarms.find(name);
    if (record && machine in record.members) return record;
  }
  return undefined;
}

async function swarmNamed(session: Session, name: string): Promise<SwarmRecord | undefined> {
  const { swarms } = session.store;
  return (await swarms.names()).includes(name) ? swarms.find(name) : undefined;
}

async function knownSwarms(session: Session): Promise<Text> {
  const names = await session.store.swarms.names();
  return names.length === 0 ? say`${run('swarm', 'init', 'MACHINE')} makes one` : `Existing swarms: ${names.join(', ')}`;
}
