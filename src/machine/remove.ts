import { readJournal } from '../store/journal.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { join, run, say, type Text } from '../base/text.js';
import type { Owner } from '../base/machine.js';
import type { Leftover } from '../driver/contract.js';
import { ownLedger } from '../store/identity.js';
import { readLedger } from '../store/ledger.js';
import { loadDriverModule } from './access/driver-registry.js';
import { onEach } from './choose/each.js';
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
  const { store, io, signal } = session;
  await store.lock(
    name,
    async () => {
      const owner = await ownerOf(session, name, options);
      const shared = !options.shared && (await mayBeShared(session, name, owner, options));
      if (shared) {
        if (!options.force) throw sharedError([name]);
        io.warn(`${name} was exported, or may have been: it is forgotten here, and the machine itself stays`);
      }
      const livesOn = shared || !(await removeRemoteOrParts(session, name, owner, options));
      await store.remove(name);
      await forget(session, owner, livesOn);
      await tellFollowers(session, (follower) => follower.removed?.(session, name));
    },
    { signal },
  );
}

/**
 * Removes what an interrupted create left, so that it can begin anew. The caller holds the machine's lock.
 * @throws TsmachineError the driver's error; DRIVER_FAILED when something stays
 */
export async function undoCreate(session: Session, name: string): Promise<void> {
  const owner = await ownerOf(session, name, { force: false });
  await removeRemote(session, name);
  await session.store.remove(name);
  await forget(session, owner, false);
}

/**
 * Which of these machines were exported and may be in use on another computer.
 * @throws TsmachineError CONFIG_UNREADABLE, CONFIG_FUTURE when that cannot be told
 */
export async function sharedMachines(session: Session, names: readonly string[]): Promise<string[]> {
  const shared: string[] = [];
  for (const name of names) {
    const owner = await ownerOf(session, name, { force: false });
    if (await mayBeShared(session, name, owner, { force: false })) shared.push(name);
  }
  return shared;
}

/** Which of these are hosts that their driver did not make: they stay when the machine is removed. One that cannot be read is none. */
export async function hostsThatStay(session: Session, names: readonly string[]): Promise<string[]> {
  const outcomes = await onEach(names, 50, async (name) => {
    const { config } = await session.store.load(name);
    return (await loadDriverModule(config.DriverName, session)).features.ownsHost;
  });
  return outcomes.flatMap((outcome) => ('value' in outcome && !outcome.value ? [outcome.name] : []));
}

/** @throws TsmachineError MACHINE_SHARED when one of them was exported */
export async function refuseShared(session: Session, names: readonly string[]): Promise<void> {
  const shared = await sharedMachines(session, names);
  if (shared.length > 0) throw sharedError(shared);
}

export function sharedError(names: readonly string[]): TsmachineError {
  const [are, it] =
    names.length === 1 ? ['was exported: another computer may use it', 'it'] : ['were exported: another computer may use them', 'them'];
  return new TsmachineError('MACHINE_SHARED', `${names.join(', ')} ${are}`, {
    hint: say`Remove ${it} for everybody: ${run('rm', '--shared', ...names)}. Forget ${it} here alone: ${run('rm', '-f', ...names)}`,
  });
}

/** @returns false when something of it stays, which `gc` finds as long as this computer remembers the machine */
async function removeRemoteOrParts(session: Session, name: string, owner: MaybeOwner, { force }: RemoveOptions): Promise<boolean> {
  try {
    await removeRemote(session, name);
    return true;
  } catch (error) {
    session.signal.throwIfAborted();
    if (!force) throw TsmachineError.from(error, 'DRIVER_FAILED');
    session.io.warn(say`Error removing host "${name}": ${messageOf(error)}`);
    if (!isUnreadable(error)) return false;
    await removeParts(session, name, owner);
    return true;
  }
}

/** The machine's driver and data are unknown. */
function isUnreadable(error: unknown): boolean {
  return TsmachineError.is(error) && ['CONFIG_UNREADABLE', 'MACHINE_INCOMPLETE', 'CONFIG_FUTURE', 'DRIVER_UNKNOWN'].includes(error.code);
}

/** Removes what drivers find of the machine by its folder or its id. A failure is only a warning: the store's entry is removed anyway. */
async function removeParts(session: Session, name: string, owner: MaybeOwner): Promise<void> {
  const { removePartsOf } = await import('./gc/parts.js');
  for (const error of await removePartsOf(session, { path: session.store.machine(name).dir, owner })) {
    session.io.warn(say`Not everything of ${name} could be removed: ${messageOf(error)}`);
  }
}

/**
 * The machine as its driver will remove it, for a caller that has something to undo before. Undefined where the driver was never called:
 * until step "reserved", and for an empty folder, there is only the folder to remove.
 * @throws TsmachineError CONFIG_*, DRIVER_UNKNOWN
 */
export async function machineToRemove(session: Session, name: string): Promise<Machine | undefined> {
  const { store } = session;
  const interrupted = await readJournal(store.machine(name).journal);
  if (interrupted && !interrupted.done.includes('reserved')) return undefined;
  if ((await store.exists(name)) && (await store.isEmpty(name))) return undefined;
  return openMachine(session, name);
}

async function removeRemote(session: Session, name: string): Promise<void> {
  const machine = await machineToRemove(session, name);
  if (!machine) return;
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

/** The ids of a machine and of its store, as far as they have any. */
type MaybeOwner = Partial<Owner>;

/** None are made. A copy of a store is not taken for the original. With `force`, an id that cannot be read is absent. */
async function ownerOf(session: Session, name: string, { force }: Pick<RemoveOptions, 'force'>): Promise<MaybeOwner> {
  const { store, signal } = session;
  const read = async (what: () => Promise<string | undefined>) => {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      if (!force) throw error;
      session.io.warn(messageOf(error));
      return undefined;
    }
  };
  const machine = await read(async () => (await readLedger(store.machine(name).ledger))?.id);
  const own = await read(async () => {
    const ledger = await readLedger(store.paths.ledger);
    if (!ledger || ledger.path === store.root) return ledger?.id;
    return (await store.lockLedger(() => ownLedger(store.root), { signal })).id;
  });
  return { ...(own === undefined ? {} : { store: own }), ...(machine === undefined ? {} : { machine }) };
}

/** With `force`, a machine of which it cannot be told counts as shared: one that runs on is found again, one that is removed is not. */
async function mayBeShared(
  session: Session,
  name: string,
  { store, machine }: MaybeOwner,
  { force }: Pick<RemoveOptions, 'force'>,
): Promise<boolean> {
  if (store === undefined) return false;
  try {
    const { machines = {} } = (await session.registry.find(store)) ?? {};
    const known = machine === undefined ? machines[name] : Object.values(machines).find(({ id }) => id === machine);
    return known?.shared === true;
  } catch (error) {
    session.signal.throwIfAborted();
    if (!force) throw error;
    session.io.warn(messageOf(error));
    return true;
  }
}

/** The machine is gone all the same when this computer's list of stores cannot be written. */
async function forget({ registry, io }: Session, { store, machine }: MaybeOwner, livesOn: boolean): Promise<void> {
  if (store === undefined || machine === undefined) return;
  try {
    await (livesOn ? registry.release(store, machine) : registry.forget(store, machine));
  } catch (error) {
    io.debug(say`This computer's list of stores could not be written: ${messageOf(error)}`);
  }
}
