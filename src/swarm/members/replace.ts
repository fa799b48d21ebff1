import { flagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../machine/access/driver-registry.js';
import { readJournal } from '../../store/journal.js';
import type { Replacement, SwarmRecord } from '../../store/swarms.js';
import { checkCreation, createMachine, type CreateRequest } from '../../machine/create.js';
import type { Session } from '../../machine/session.js';
import { refuseShared } from '../../machine/remove.js';
import { removeMember } from './leave/remove-member.js';
import { findSwarm } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { joinMachine } from './join.js';
import { replacementFor } from './replacement.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/**
 * Creates a new machine like the old one, with its role, labels, availability and group in the swarm, and removes the old one, dead or
 * alive. The replacement is in the swarm's record first, so an interrupted one is finished by running it again.
 * @param as name of the new machine, which then joins before the old one goes; without it the new one gets the old one's name and place
 * @throws TsmachineError SWARM_QUORUM, SWARM_STATE, and what `createMachine`, `joinMachine` and `removeMachine` throw
 */
export async function replaceMachine(session: Session, name: string, as?: string): Promise<void> {
  const { swarms } = session.store;
  const { name: which } = await replacedIn(session, name);
  const by = await lockSwarm(session, which, async () => {
    const record = (await swarms.find(which)) ?? (await replacedIn(session, name));
    await refuseShared(session, [name]); // before another takes its place
    const others = Object.entries(record.replacing ?? {}).flatMap(([old, { by }]) => [old, by]);
    return withSwarm(
      session,
      record,
      async (swarm) => {
        if (!swarm.manager) throw swarm.whyNoManager();
        const replacement = await replacementFor(swarm, name, as);
        if (replacement.by === name && !replacement.gone) await checkCreation(session, await requestFor(session, name, replacement));
        await note(swarm, name, replacement);
        if (replacement.by === name) {
          const onRemoved = () => note(swarm, name, { ...replacement, gone: true });
          if (!replacement.gone) await removeMember(swarm, name, { force: false, onRemoved });
          await bringIn(swarm, name, replacement);
        } else {
          await bringIn(swarm, name, replacement);
          await removeMember(swarm, name, { force: false });
        }
        await note(swarm, name);
        return replacement.by;
      },
      others,
    );
  });
  session.io.info(`${name} was replaced${by === name ? '' : ` by ${by}`}.`);
}

/** The swarm that has the machine, or in which it is being replaced. */
async function replacedIn(session: Session, name: string): Promise<SwarmRecord> {
  const { swarms } = session.store;
  for (const swarm of await swarms.names()) {
    const record = await swarms.find(swarm);
    if (record?.replacing?.[name]) return record;
  }
  return findSwarm(session, name);
}

/** Writes down, or strikes out, that the machine is being replaced. */
async function note(swarm: Swarm, name: string, replacement?: Replacement): Promise<void> {
  const { [name]: _, ...others } = swarm.record.replacing ?? {};
  await swarm.keep({ replacing: replacement ? { ...others, [name]: replacement } : others });
}

async function bringIn(swarm: Swarm, old: string, replacement: Replacement): Promise<void> {
  const { by, role, availability, labels, group } = replacement;
  await makeUnlessMade(swarm.session, old, replacement);
  await swarm.lookAt(by);
  await swarm.lookAtNodes();
  await joinMachine(swarm, by, { role, availability, labels, ...(group === undefined ? {} : { group }) });
}

async function makeUnlessMade(session: Session, old: string, replacement: Replacement): Promise<void> {
  const { store } = session;
  const begun = await readJournal(store.machine(replacement.by).journal);
  if (!begun && (await store.exists(replacement.by)) && !(await store.isEmpty(replacement.by))) return;
  await createMachine(session, await requestFor(session, old, replacement));
}

async function requestFor(session: Session, old: string, replacement: Replacement): Promise<CreateRequest> {
  const { by: name, driver: driverName, flags, engine, swarm, tlsSans, tls, install } = replacement;
  const { flags: specs } = await loadDriverModule(driverName, session);
  return {
    name,
    driverName,
    flags: flagValues(specs, flags, session.env),
    engine,
    swarm,
    tlsSans,
    tls,
    install,
    command: ['swarm', 'replace', old],
  };
}
