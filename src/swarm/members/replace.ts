import { flagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../driver/registry.js';
import { readJournal } from '../../store/journal.js';
import type { Replacement, SwarmRecord } from '../../store/swarms.js';
import { createMachine } from '../../machine/create.js';
import { removeMachine } from '../../machine/remove.js';
import type { Session } from '../../machine/session.js';
import { depart } from './leave/depart.js';
import { findSwarm } from '../reach/find.js';
import { joinMachine } from './join.js';
import { replacementFor } from './replacement.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/**
 * Makes a new machine like the old one, with its role, labels, availability and group in the swarm, and removes the old one, be it dead
 * or alive. What is to be is in the swarm's record first: an exchange that was interrupted is finished by doing it again.
 * @param as name of the new machine, which then joins before the old one goes; without it the new one gets the old one's name and place
 * @throws TsmachineError SWARM_QUORUM, SWARM_STATE, and what `createMachine`, `joinMachine` and `removeMachine` throw
 */
export async function replaceMachine(session: Session, name: string, as?: string): Promise<void> {
  const { swarms } = session.store;
  const { name: which } = await replacedIn(session, name);
  const by = await swarms.lock(
    which,
    async () => {
      const record = (await swarms.find(which)) ?? (await replacedIn(session, name));
      const others = Object.entries(record.replacing ?? {}).flatMap(([old, { by }]) => [old, by]);
      return withSwarm(
        session,
        record,
        async (swarm) => {
          if (!swarm.manager) throw swarm.whyNoManager();
          const replacement = await replacementFor(swarm, name, as);
          await note(swarm, name, replacement);
          if (replacement.by === name) {
            if (!replacement.gone) await retire(swarm, name, () => note(swarm, name, { ...replacement, gone: true }));
            await bringIn(swarm, name, replacement);
          } else {
            await bringIn(swarm, name, replacement);
            await retire(swarm, name);
          }
          await note(swarm, name);
          return replacement.by;
        },
        others,
      );
    },
    { signal: session.signal },
  );
  session.io.info(`${name} was replaced${by === name ? '' : ` by ${by}`}.`);
}

/** The swarm that has the machine, or in which another one is taking its place. */
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

async function retire(swarm: Swarm, name: string, onGone?: () => Promise<void>): Promise<void> {
  const { session } = swarm;
  await depart(swarm, name, { force: true, remembered: true });
  session.io.progress(`Removing ${name}`);
  if (await session.store.exists(name)) await removeMachine(session, name, { force: false });
  await onGone?.();
  await swarm.forgetMember(name);
}

async function bringIn(swarm: Swarm, old: string, replacement: Replacement): Promise<void> {
  const { by, role, availability, labels, group } = replacement;
  await makeUnlessMade(swarm.session, old, replacement);
  await swarm.lookAt(by);
  await swarm.lookAtNodes();
  await joinMachine(swarm, by, { role, availability, labels, ...(group === undefined ? {} : { group }) });
}

async function makeUnlessMade(session: Session, old: string, replacement: Replacement): Promise<void> {
  const { by: name, driver: driverName, flags, engine, swarm, tlsSans, tls, install } = replacement;
  const { store } = session;
  const begun = await readJournal(store.machine(name).journal);
  if (!begun && (await store.exists(name)) && !(await store.isEmpty(name))) return;
  const { flags: specs } = await loadDriverModule(driverName);
  await createMachine(session, {
    name,
    driverName,
    flags: flagValues(specs, flags, session.env),
    engine,
    swarm,
    tlsSans,
    tls,
    install,
    command: ['swarm', 'replace', old],
  });
}
