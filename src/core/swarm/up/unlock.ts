import { refusalIn } from '../../../docker/engine-refusal.js';
import { TsmachineError } from '../../errors.js';
import { waitFor } from '../../wait.js';
import type { Swarm } from '../swarm.js';

/** Milliseconds for an unlocked manager to be a part of its swarm again. */
const unlockTimeout = 60_000;

/** Unlocks a manager with the keys that the store knows, the newest first. @throws TsmachineError SWARM_LOCKED when none fits */
export async function unlockMember(swarm: Swarm, name: string): Promise<void> {
  const { engine } = swarm.reached(name);
  for (const key of await swarm.session.store.swarms.unlockKeys(swarm.name)) {
    try {
      await engine.request('POST', '/swarm/unlock', { body: { UnlockKey: key } });
      await unlocked(swarm, name);
      return;
    } catch (error) {
      if (refusalIn(error)?.message.includes('invalid key') !== true) throw error; // a manager that was down at a rotation wants an older one
    }
  }
  throw new TsmachineError('SWARM_LOCKED', `The store knows no key that unlocks ${name}`, { hint: `tsmachine swarm unlock ${swarm.name}` });
}

/** The engine reads its state only now. */
async function unlocked(swarm: Swarm, name: string): Promise<void> {
  await waitFor(async () => ((await swarm.lookAt(name)).membership.state === 'active' ? true : undefined), {
    timeout: unlockTimeout, signal: swarm.session.signal, what: `${name} to take its place in the swarm again`,
  });
}
