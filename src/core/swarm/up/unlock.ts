import { refusalIn } from '../../../docker/engine-refusal.js';
import { TsmachineError } from '../../errors.js';
import type { Swarm } from '../swarm.js';

/** Unlocks a manager with the keys that the store knows, the newest first. @throws TsmachineError SWARM_LOCKED when none fits */
export async function unlockMember(swarm: Swarm, name: string): Promise<void> {
  const { engine } = swarm.reached(name);
  for (const key of await swarm.session.store.swarms.unlockKeys(swarm.name)) {
    try {
      await engine.request('POST', '/swarm/unlock', { body: { UnlockKey: key } });
      return;
    } catch (error) {
      if (refusalIn(error)?.message.includes('invalid key') !== true) throw error; // a manager that was down at a rotation wants an older one
    }
  }
  throw new TsmachineError('SWARM_LOCKED', `The store knows no key that unlocks ${name}`, { hint: `tsmachine swarm unlock ${swarm.name}` });
}
