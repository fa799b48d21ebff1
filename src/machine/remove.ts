import { readJournal } from '../store/journal.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { join, run, say, type Text } from '../base/text.js';
import type { Leftover } from '../driver/contract.js';
import { readLedger } from '../store/ledger.js';
import { openMachine, type Machine } from './machine.js';
import { tellFollowers, type Session } from './session.js';

export interface RemoveOptions {
  /** Remove the store's entry whatever the driver or the configuration says. */
  readonly force: boolean;
  /** Remove the machine itself also when it was exported and another computer may use it; with `force` alone it is only forgotten here. */
  readonly shared?: boolean;
}

/**
 * Removes the machine and everything that its driver made, also after an interrupted create.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_SHARED, CONFIG_*, or the driver's error; with `force` these are warnings
 */
export async function removeMachine(session: Session, name: string, options: RemoveOptions): Promise<void> {
  const { store, io, registry } = session;
  await store.lock(
    name,
    async () => {
      const ids = await idsOf(session, name);
      try {
        await removeRemote(session, name, options);
      } catch (error) {
        session.signal.throwIfAborted();
        if (!options.force) throw TsmachineError.from(error, 'DRIVER_FAILED');
        io.warn(say`Error removing host "${name}": ${messageOf(error)}`);
        if (isUnreadable(error)) await removeParts(session, name, ids?.machine);
      }
      await store.remove(name);
      if (ids) await registry.forget(ids.store, name);
      await tellFollowers(session, (follower) => follower.removed?.(session, name));
    },
    { signal: session.signal },
  );
}

/** The machine's driver and data are unknown. */
function isUnreadable(error: unknown): boolean {
  return TsmachineError.is(error) && ['CONFIG_UNREADABLE', 'MACHINE_INCOMPLETE', 'CONFIG_FUTURE', 'DRIVER_UNKNOWN'].includes(error.code);
}

/** Removes what drivers find of the machine by its folder or its id. A failure is only a warning: the store's entry is removed anyway. */
async function removeParts(session: Session, name: string, machine: string | undefined): Promise<void> {
  try {
    const { removePartsOf } = await import('./gc/gc.js');
    await removePartsOf(session, { path: session.store.machine(name).dir, machine });
  } catch (error) {
    session.signal.throwIfAborted();
    session.io.warn(say`Not everything of ${name} could be removed: ${messageOf(error)}`);
  }
}

/** Until step "reserved" the driver was never called, and an empty folder never had a driver: there is only the folder to remove. */
async function removeRemote(session: Session, name: string, { shared }: RemoveOptions): Promise<void> {
  const { store } = session;
  const interrupted = await readJournal(store.machine(name).journal);
  if (interrupted && !interrupted.done.includes('reserved')) return;
  if ((await store.exists(name)) && (await store.isEmpty(name))) return;
  const machine = await openMachine(session, name);
  if (!shared) await refuseShared(session, machine);
  const { left } = await machine.driver.remove(machine.data, machine.ctx);
  if (left.length === 0) return;
  throw new TsmachineError('DRIVER_FAILED', join([`Not everything of ${name} could be removed:`, ...left.map(describe)], '\n'), {
    hint: say`Run ${run('rm', name)} again once that is fixed. ${run('rm', '-f', name)} forgets it, and ${run('gc')} finds what is left`,
  });
}

function describe({ kind, id, name, why }: Leftover): Text {
  const what = `${kind} ${name ?? id}`;
  return why === undefined ? what : say`${what}: ${why}`;
}

/** A machine that was exported may be in use on another computer. @throws TsmachineError MACHINE_SHARED */
async function refuseShared(session: Session, machine: Machine): Promise<void> {
  const ids = await idsOf(session, machine.name);
  const known = ids && (await session.registry.find(ids.store))?.machines[machine.name];
  if (known?.shared !== true) return;
  throw new TsmachineError('MACHINE_SHARED', `${machine.name} was exported: another computer may use it`, {
    hint: say`Forget it here alone: ${run('rm', '-f', machine.name)}. Remove it for everybody: ${run('rm', '--shared', machine.name)}`,
  });
}

/** Without making any. */
async function idsOf({ store }: Session, name: string): Promise<{ store: string; machine: string } | undefined> {
  const [own, machine] = await Promise.all([readLedger(store.paths.ledger), readLedger(store.machine(name).ledger)]);
  return own && machine ? { store: own.id, machine: machine.id } : undefined;
}
