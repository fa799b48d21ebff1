import type { SwarmRecord } from '../../store/swarms.js';
import { TsmachineError } from '../../base/errors.js';
import { type Text, run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';

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
    throw new TsmachineError('SWARM_STATE', `${given} is in no swarm that this store knows`, {
      hint: say`${run('swarm', 'init', given)}, or ${run('swarm', 'join', given, '--role', 'worker')}`,
    });
  }
  const names = await swarms.names();
  const [only, ...more] = names;
  if (only === undefined) throw new TsmachineError('SWARM_NOT_FOUND', 'There is no swarm yet', { hint: run('swarm', 'init', 'MACHINE') });
  if (more.length > 0)
    throw new TsmachineError('USAGE', `Which swarm? There are ${names.join(', ')}`, { hint: 'Name one of them, or a machine in it' });
  const record = await swarms.find(only);
  if (record) return record;
  throw new TsmachineError('SWARM_NOT_FOUND', `Swarm "${only}" was removed in the meantime`);
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
