import type { Engine } from '../../docker/client.js';
import { refusalIn } from '../../docker/call/engine-refusal.js';
import { unlockKey, updateCluster } from '../engine/cluster.js';
import { membershipOf } from '../engine/membership.js';
import { patient } from '../engine/patient.js';
import { onEach, type Outcome } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { findSwarm } from '../reach/find.js';
import { keepUnlockKey } from '../members/init.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/** Milliseconds for a manager to take part in the swarm again after it was unlocked. */
const wakeTimeout = 60_000;

/**
 * Unlocks every locked manager of a swarm with the keys of the store, the newest first. When none fits, asks for a key and stores it.
 * @throws TsmachineError SWARM_LOCKED naming the managers that no key unlocks
 */
export async function unlockSwarm(session: Session, given?: string): Promise<void> {
  const record = await findSwarm(session, given);
  await withSwarm(session, record, async (swarm) => {
    const locked = lockedMembers(swarm);
    if (locked.length === 0) {
      throwUnknown(swarm);
      session.io.info(`No manager of swarm "${swarm.name}" is locked.`);
      return;
    }
    const outcomes = await unlockAll(swarm, locked);
    const refused = outcomes.flatMap((outcome) =>
      'error' in outcome && TsmachineError.is(outcome.error) && outcome.error.code === 'SWARM_LOCKED' ? [outcome.name] : [],
    );
    const secondTry = refused.length > 0 && (await askForKey(swarm, refused)) ? await unlockAll(swarm, refused) : [];
    throwFailures([...outcomes.filter(({ name }) => secondTry.every((other) => other.name !== name)), ...secondTry]);
    await swarm.look();
    if (swarm.manager) await keepUnlockKey(swarm);
  });
}

/** @throws TsmachineError SWARM_STATE when a manager runs and does not say whether it is locked */
function throwUnknown({ record, members }: Swarm): void {
  for (const [name, { role }] of Object.entries(record.members)) {
    const error = role === 'manager' ? members.get(name)?.error : undefined;
    if (error)
      throw new TsmachineError('SWARM_STATE', say`Whether ${name} is locked is not known: ${error.text}`, {
        cause: error,
        hint: error.hint,
      });
  }
}

/** Managers that wait for their unlock key. */
export function lockedMembers(swarm: Swarm): string[] {
  return [...swarm.members.values()].filter(({ membership }) => membership?.state === 'locked').map(({ name }) => name);
}

/** Makes a new unlock key. Managers that are down now need the old one, which the store keeps as well. */
export async function rotateUnlockKey(session: Session, given?: string): Promise<void> {
  await withAutolocked(session, given, async (swarm) => {
    await keepUnlockKey(swarm);
    await updateCluster(patient(swarm.control, session.signal), (spec) => spec, { rotateManagerUnlockKey: true });
    await keepUnlockKey(swarm);
    session.io.info(`Swarm "${swarm.name}" has a new unlock key. It is saved in this store.`);
  });
}

/**
 * The key that unlocks the swarm's managers: from the swarm itself, or else the newest one of the store.
 * @throws TsmachineError SWARM_STATE without autolock
 */
export async function readUnlockKey(session: Session, given?: string): Promise<string> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const key = swarm.manager ? await unlockKey(swarm.control) : (await session.store.swarms.unlockKeys(swarm.name))[0];
    if (key !== undefined) return key;
    throw notAutolocked(swarm);
  });
}

/** Unlocks a manager with the keys of the store, the newest first. @throws TsmachineError SWARM_LOCKED when none fits */
export async function unlockMember(swarm: Swarm, name: string): Promise<void> {
  await unlockEngine(swarm.session, swarm.name, swarm.reached(name).engine);
  await swarm.lookAt(name);
}

/** Unlocks an engine as `unlockMember` does, and waits until it takes part in the swarm again. */
export async function unlockEngine(session: Session, swarm: string, engine: Engine): Promise<void> {
  const { machine } = engine.target;
  for (const key of await session.store.swarms.unlockKeys(swarm)) if (await fits(engine, key)) return waitUntilActive(session, engine);
  throw new TsmachineError('SWARM_LOCKED', `No key in the store unlocks ${machine}`, {
    hint: say`${run('swarm', 'unlock', swarm)} asks for the key`,
  });
}

async function fits(engine: Engine, key: string): Promise<boolean> {
  try {
    await engine.request('POST', '/swarm/unlock', { body: { UnlockKey: key } });
    return true;
  } catch (error) {
    const refusal = refusalIn(error)?.message ?? '';
    if (/not locked|in the background/.test(refusal)) return true;
    // a manager that was down during a rotation needs an older key
    if (/invalid key|invalid unlock key|could not be decrypted/.test(refusal)) return false;
    throw error;
  }
}

async function waitUntilActive({ signal }: Session, engine: Engine): Promise<void> {
  await waitFor(async () => ((await membershipOf(engine)).state === 'active' ? true : undefined), {
    timeout: wakeTimeout,
    maxInterval: 300,
    signal,
    what: `${engine.target.machine} to be a manager again`,
  });
}

/** All at once: a manager that needs the others for its quorum waits for them. */
function unlockAll(swarm: Swarm, names: readonly string[]): Promise<Outcome<void>[]> {
  return onEach(names, 10, async (name) => {
    await unlockMember(swarm, name);
    swarm.session.io.info(`${name} is unlocked.`);
  });
}

/** Asks for a key, and stores it when a manager accepts it. @returns whether there is one */
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
  if (!(await fits(swarm.reached(name).engine, key))) throw new TsmachineError('SWARM_LOCKED', `This key does not unlock ${name}`);
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
  return new TsmachineError('SWARM_STATE', `Swarm "${name}" does not have autolock`, {
    hint: 'Set autolock in the swarm file, or run: docker swarm update --autolock',
  });
}
