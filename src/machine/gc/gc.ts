import { TsmachineError, messageOf } from '../../base/errors.js';
import { secretsOf } from '../../base/flags.js';
import { say, type Text } from '../../base/text.js';
import type { AccountContext, Driver, Leftover } from '../../driver/contract.js';
import { driverNames } from '../../driver/registry.js';
import { storeIdAt } from '../../store/identity.js';
import { storeState } from '../../store/registry.js';
import { accountContext } from '../access/driver-context.js';
import { onEach, type Outcome } from '../choose/each.js';
import type { Session } from '../session.js';
import { Owners } from './owners.js';

/** Something that belongs to no existing machine, or whose owner is unknown. */
export interface GcItem extends Leftover {
  readonly driver: string;
  /** Whether `gc` may remove it. */
  readonly removable: boolean;
  /** Why it is listed. */
  readonly reason: Text;
}

export interface GcOptions {
  /** Only what these drivers find; default: all drivers. */
  readonly drivers?: readonly string[];
  /** The id of a store whose things may be removed too, even if this computer does not know it. */
  readonly store?: string;
}

/**
 * Everything of tsmachine's that is left over: what drivers find of machines that no store of this computer has any more. What belongs to
 * stores that are there, or only not mounted, is never removable. Nothing is changed.
 * @throws TsmachineError DRIVER_UNKNOWN; what a driver that was named throws. A driver that was not named and cannot look is left out
 */
export async function findLeftovers(session: Session, { drivers = [], store }: GcOptions = {}): Promise<GcItem[]> {
  const owners = new Owners(session.registry);
  const items: GcItem[] = [];
  for (const name of drivers.length > 0 ? drivers : driverNames()) {
    const { driver, ctx } = await openAccount(session, name);
    for (const leftover of await lookFor(session, name, driver, ctx, drivers.includes(name))) {
      const verdict = await owners.verdictOn(leftover);
      const named = store !== undefined && leftover.owner?.store === store;
      if (verdict.is === 'in use') continue;
      if (store !== undefined && !named) continue;
      items.push({ ...leftover, driver: name, removable: verdict.is === 'left over' || named, reason: verdict.why });
    }
  }
  return items;
}

/** Removes those that are removable; a failure does not stop the others. @returns the outcome of each, by its id */
export async function removeLeftovers(session: Session, items: readonly GcItem[]): Promise<Outcome<void>[]> {
  const removable = items.filter((item) => item.removable);
  const outcomes: Outcome<void>[] = [];
  // one after the other: a disk goes after the machine that holds it
  for (const item of removable) {
    const { driver, ctx } = await openAccount(session, item.driver);
    outcomes.push(...(await onEach([item.id], 1, async () => discard(driver, item, ctx))));
    session.signal.throwIfAborted();
  }
  await forgetWhatIsGone(
    session,
    removable.filter((_item, i) => !('error' in (outcomes[i] ?? {}))),
  );
  return outcomes;
}

/** How many machines are remembered of stores that were deleted: a cheap look, for commands that only mention it. */
export async function machinesOfDeletedStores(session: Session): Promise<number> {
  let count = 0;
  for (const store of await session.registry.all()) {
    const machines = Object.values(store.machines).filter(({ shared }) => !shared).length;
    if (machines > 0 && ['gone', 'replaced'].includes(await storeState(store, storeIdAt))) count += machines;
  }
  return count;
}

/**
 * Removes what drivers find of one machine of this store whose configuration cannot be read.
 * @param machine its id, where its ledger tells
 */
export async function removePartsOf(
  session: Session,
  { path, machine }: { readonly path: string; readonly machine?: string | undefined },
): Promise<void> {
  for (const name of driverNames()) {
    const { driver, ctx } = await openAccount(session, name);
    for (const leftover of await lookFor(session, name, driver, ctx, false)) {
      const isOurs = leftover.path === path || (machine !== undefined && leftover.owner?.machine === machine);
      if (isOurs) await discard(driver, leftover, ctx);
    }
  }
}

async function openAccount(session: Session, name: string): Promise<{ driver: Driver; ctx: AccountContext }> {
  const { driver, flags } = await session.drivers.open(name);
  return { driver, ctx: accountContext(session, name, secretsOf(flags, session.flags, session.env)) };
}

async function lookFor(
  session: Session,
  name: string,
  driver: Driver,
  ctx: AccountContext,
  wasNamed: boolean,
): Promise<readonly Leftover[]> {
  try {
    return (await driver.leftovers?.(ctx)) ?? [];
  } catch (error) {
    session.signal.throwIfAborted();
    if (wasNamed) throw error;
    session.io.debug(say`Driver ${name} cannot look for what is left over: ${messageOf(error)}`);
    return [];
  }
}

async function discard(driver: Driver, leftover: Leftover, ctx: AccountContext): Promise<void> {
  if (!driver.discard) throw new TsmachineError('INTERNAL', `The driver found ${leftover.kind} ${leftover.id}, and cannot remove it`);
  await driver.discard(leftover, ctx);
}

/** A machine of which nothing is left is not remembered any more. */
async function forgetWhatIsGone(session: Session, removed: readonly GcItem[]): Promise<void> {
  const left = new Set((await findLeftovers(session)).map(({ owner }) => owner?.machine));
  for (const { owner } of removed) {
    if (owner?.store === undefined || owner.machine === undefined || left.has(owner.machine)) continue;
    const store = await session.registry.find(owner.store);
    const name = Object.entries(store?.machines ?? {}).find(([, { id }]) => id === owner.machine)?.[0];
    if (name !== undefined) await session.registry.forget(owner.store, name);
  }
}
