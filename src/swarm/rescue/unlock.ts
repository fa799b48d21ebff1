import type { Engine } from '../../docker/client.js';
import { refusalIn } from '../../docker/call/engine-refusal.js';
import { unlockKey, updateCluster } from '../engine/cluster.js';
import { membershipOf } from '../engine/membership.js';
import { patient } from '../engine/patient.js';
import { onEach, type Outcome } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { findSwarm } from '../reach/find.js';
import { keepUnlockKey } from '../members/init.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/** Milliseconds for a manager to take part again once it is unlocked. */
const wakeTimeout = 60_000;

/**
 * Unlocks every manager of a swarm that is locked, with the keys of the store, the newest first; a key that is typed is kept for next time.
 * @throws TsmachineError SWARM_LOCKED with those that no key fits
 */
export async function unlockSwarm(session: Session, given?: string): Promise<void> {
  const record = await findSwarm(session, given);
  await withSwarm(session, record, async (swarm) => {
    const locked = lockedMembers(swarm);
    if (locked.length === 0) {
      session.io.info(`No manager of swarm "${swarm.name}" is locked.`);
      return;
    }
    const outcomes = await unlockAll(swarm, locked);
    const refused = outcomes.flatMap((outcome) =>
      'error' in outcome && TsmachineError.is(outcome.error) && outcome.error.code === 'SWARM_LOCKED' ? [outcome.name] : [],
    );
    const again = refused.length > 0 && (await askForKey(swarm, refused)) ? await unlockAll(swarm, refused) : [];
    throwFailures([...outcomes.filter(({ name }) => again.every((other) => other.name !== name)), ...again]);
    await swarm.look();
    if (swarm.manager) await keepUnlockKey(swarm);
  });
}

/** Managers that wait for their key. */
export function lockedMembers(swarm: Swarm): string[] {
  return [...swarm.members.values()].filter(({ membership }) => membership?.state === 'locked').map(({ name }) => name);
}

/** Makes a new key. Managers that are down now are unlocked with the former one, which the store keeps too. */
export async function rotateUnlockKey(session: Session, given?: string): Promise<void> {
  await withAutolocked(session, given, async (swarm) => {
    await keepUnlockKey(swarm);
    await updateCluster(patient(swarm.control, session.signal), (spec) => spec, { rotateManagerUnlockKey: true });
    await keepUnlockKey(swarm);
    session.io.info(`Swarm "${swarm.name}" has a new unlock key, which this store knows.`);
  });
}

/** The key that unlocks the swarm's managers: from the swarm itself, else the newest of the store. @throws TsmachineError SWARM_STATE */
export async function readUnlockKey(session: Session, given?: string): Promise<string> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const key = swarm.manager ? await unlockKey(swarm.control) : (await session.store.swarms.unlockKeys(swarm.name))[0];
    if (key !== undefined) return key;
    throw notAutolocked(swarm);
  });
}

/** Unlocks a manager with the keys that the store knows, the newest first. @throws TsmachineError SWARM_LOCKED when none fits */
export async function unlockMember(swarm: Swarm, name: string): Promise<void> {
  await unlockEngine(swarm.session, swarm.name, swarm.reached(name).engine);
  await swarm.lookAt(name);
}

/** As `unlockMember`, and waits until the manager takes part again. */
export async function unlockEngine(session: Session, swarm: string, engine: Engine): Promise<void> {
  const { machine } = engine.target;
  for (const key of await session.store.swarms.unlockKeys(swarm)) if (await fits(engine, key)) return waitUntilAwake(session, engine);
  throw new TsmachineError('SWARM_LOCKED', `The store knows no key that unlocks ${machine}`, {
    hint: `tsmachine swarm unlock ${swarm} asks for it`,
  });
}

async function fits(engine: Engine, key: string): Promise<boolean> {
  try {
    await engine.request('POST', '/swarm/unlock', { body: { UnlockKey: key } });
    return true;
  } catch (error) {
    const words = refusalIn(error)?.message ?? '';
    if (/not locked|in the background/.test(words)) return true;
    if (/invalid key|invalid unlock key|could not be decrypted/.test(words)) return false; // a manager that was down at a rotation wants an older one
    throw error;
  }
}

async function waitUntilAwake({ signal }: Session, engine: Engine): Promise<void> {
  await waitFor(async () => ((await membershipOf(engine)).state === 'active' ? true : undefined), {
    timeout: wakeTimeout,
    maxInterval: 300,
    signal,
    what: `${engine.target.machine} to be a manager again`,
  });
}

/** All together: one that is unlocked alone waits for the others, if they are its quorum. */
function unlockAll(swarm: Swarm, names: readonly string[]): Promise<Outcome<void>[]> {
  return onEach(names, 10, async (name) => {
    await unlockMember(swarm, name);
    swarm.session.io.info(`${name} is unlocked.`);
  });
}

/** A key that is typed is kept once a manager took it. @returns whether there is one */
async function askForKey(swarm: Swarm, locked: readonly string[]): Promise<boolean> {
  const {
    session: {
      store: { swarms },
      io,
    },
  } = swarm;
  const key = (await io.secret(`Unlock key of swarm "${swarm.name}" (SWMKEY-1-...): `))?.trim() ?? '';
  if (key === '') return false;
  const [name = ''] = locked;
  if (!(await fits(swarm.reached(name).engine, key))) throw new TsmachineError('SWARM_LOCKED', `That key does not unlock ${name}`);
  await swarms.keepUnlockKey(swarm.name, key);
  return true;
}

async function withAutolocked(session: Session, given: string | undefined, use: (swarm: Swarm) => Promise<void>): Promise<void> {
  const { name } = await findSwarm(session, given);
  await session.store.swarms.lock(
    name,
    async () =>
      withSwarm(session, await findSwarm(session, name), async (swarm) => {
        if ((await unlockKey(swarm.control)) === undefined) throw notAutolocked(swarm);
        await use(swarm);
      }),
    { signal: session.signal },
  );
}

function notAutolocked({ name }: Swarm): TsmachineError {
  return new TsmachineError('SWARM_STATE', `The managers of swarm "${name}" do not lock themselves`, {
    hint: 'Autolock is a setting of the swarm file, or: docker swarm update --autolock',
  });
}
