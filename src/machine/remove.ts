import { readJournal } from '../store/journal.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { say } from '../base/text.js';
import { openMachine } from './machine.js';
import { tellFollowers, type Session } from './session.js';

/**
 * Removes the machine and everything that its driver made, also after an interrupted create.
 * @param options.force remove the store's entry whatever the driver or the configuration says
 * @throws TsmachineError MACHINE_NOT_FOUND, CONFIG_*, or the driver's error; with `force` these are warnings
 */
export async function removeMachine(session: Session, name: string, options: { force: boolean }): Promise<void> {
  const { store, io } = session;
  await store.lock(
    name,
    async () => {
      try {
        await removeRemote(session, name);
      } catch (error) {
        session.signal.throwIfAborted();
        if (!options.force) throw TsmachineError.from(error, 'DRIVER_FAILED');
        io.warn(say`Error removing host "${name}": ${messageOf(error)}`);
      }
      await store.remove(name);
      await tellFollowers(session, (follower) => follower.removed?.(session, name));
    },
    { signal: session.signal },
  );
}

/** Until step "reserved" the driver was never called, and an empty folder never had a driver: there is only the folder to remove. */
async function removeRemote(session: Session, name: string): Promise<void> {
  const { store } = session;
  const interrupted = await readJournal(store.machine(name).journal);
  if (interrupted && !interrupted.done.includes('reserved')) return;
  if ((await store.exists(name)) && (await store.isEmpty(name))) return;
  const machine = await openMachine(session, name);
  await machine.driver.remove(machine.data, machine.ctx);
}
