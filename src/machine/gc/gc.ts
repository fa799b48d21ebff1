import { resolve } from 'node:path';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say, type Text } from '../../base/text.js';
import type { Driver, Leftover } from '../../driver/contract.js';
import { driverNames } from '../access/driver-registry.js';
import { onEach, type Outcome } from '../choose/each.js';
import type { Session } from '../session.js';
import { discard, openAccount } from './account.js';
import { rememberedStores } from './deleted-stores.js';
import { isMachine } from './living.js';
import { Owners, rootOf } from './owners.js';

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
  /** Only what belongs to this store, and that is removable unless a machine uses it: its id, or its folder for what has no id. */
  readonly store?: string;
  /** Told of each driver that has accounts with whose credentials it has looked: it sees no other account. */
  readonly looked?: (driver: string, credentials: string) => void;
}

/**
 * Everything of tsmachine's that is left over: what drivers find of machines that no store of this computer has any more. What belongs to
 * stores that are there, or whose disk is not mounted, is never removable. Nothing is changed.
 * @throws TsmachineError DRIVER_UNKNOWN; what a driver that was named throws. A driver that was not named and cannot look is left out
 */
export async function findLeftovers(session: Session, options: GcOptions = {}): Promise<GcItem[]> {
  const items: GcItem[] = [];
  await look(session, { ...options, strict: true }, async (driver, leftovers) => {
    const owners = new Owners(session);
    for (const leftover of leftovers) items.push(...(await itemOf(owners, driver, leftover, options.store)));
  });
  return items;
}

/** Removes those that are removable; a failure does not stop the others. @returns the outcome of each, by its id */
export async function removeLeftovers(session: Session, items: readonly GcItem[], { store }: GcOptions = {}): Promise<Outcome<void>[]> {
  const removable = items.filter((item) => item.removable);
  const outcomes: Outcome<void>[] = [];
  // one after the other: a disk goes after the machine that holds it
  for (const item of removable) {
    session.signal.throwIfAborted();
    outcomes.push(...(await onEach([item.id], 1, () => removeOne(session, item, store))));
  }
  await forgetWhatIsGone(session, { drivers: [...new Set(removable.map(({ driver }) => driver))] });
  return outcomes;
}

/** Minutes may have passed since it was listed, and a disk may have been mounted. */
async function removeOne(session: Session, item: GcItem, store: string | undefined): Promise<void> {
  if (!isRemovable(await judge(new Owners(session), item, store))) {
    throw new TsmachineError('MACHINE_STATE', `${item.kind} ${item.name ?? item.id} is in use again`);
  }
  const { driver, ctx } = await openAccount(session, item.driver);
  await discard(driver, item, ctx);
}

/**
 * Machines of deleted stores, and machines that were deleted by hand, of which their driver finds nothing any more, nor of what the
 * machines of a deleted store shared: they are not remembered any longer. Of a driver that has accounts it cannot be told: another account
 * may hold them.
 */
export async function forgetWhatIsGone(session: Session, options: Pick<GcOptions, 'drivers'> = {}): Promise<void> {
  const { registry } = session;
  const found: Leftover[] = [];
  /** Drivers that could look, and see all there is. */
  const looked = new Set<string>();
  await look(session, { ...options, strict: false }, (name, leftovers, driver) => {
    found.push(...leftovers);
    if (driver.leftovers && !driver.account) looked.add(name);
    return Promise.resolve();
  });
  const left = new Set(found.map(({ owner }) => owner?.machine));
  const paths = new Set(found.map(({ path }) => path));
  const owners = new Owners(session);
  const stores = new Set<string>(); // deleted ones, of which something is left that their machines shared
  for (const one of found) {
    const { store, machine } = one.owner ?? {};
    if (store !== undefined && machine === undefined && (await owners.verdictOn(one)).is === 'left over') stores.add(store);
  }
  for (const { id: store, path: root, machines } of await rememberedStores(session)) {
    if (stores.has(store)) continue;
    for (const [name, { id, driver, path, shared }] of Object.entries(machines)) {
      if (shared === true || !looked.has(driver) || left.has(id) || paths.has(path) || isMachine(root, name)) continue;
      const verdict = await owners.verdictOn({ kind: driver, id, owner: { store, machine: id }, path });
      if (verdict.is === 'left over') await registry.forget(store, id);
    }
  }
}

type Found = (name: string, leftovers: readonly Leftover[], driver: Driver) => Promise<void>;

/**
 * Asks drivers what they find of tsmachine's, in use or not.
 * @param options.strict fail for a driver that was named and cannot look, and warn of one whose machines are remembered
 */
async function look(
  session: Session,
  { drivers = [], looked, strict }: Pick<GcOptions, 'drivers' | 'looked'> & { readonly strict: boolean },
  found: Found,
): Promise<void> {
  const remembered = new Set(
    (await rememberedStores(session)).flatMap(({ machines }) => Object.values(machines).map(({ driver }) => driver)),
  );
  for (const name of drivers.length > 0 ? new Set(drivers) : [...new Set([...driverNames(), ...remembered])].sort()) {
    session.signal.throwIfAborted();
    try {
      const { driver, ctx } = await openAccount(session, name);
      const leftovers = (await driver.leftovers?.(ctx)) ?? [];
      const isUsed = drivers.includes(name) || remembered.has(name) || leftovers.length > 0;
      if (driver.credentials && isUsed) looked?.(name, driver.credentials(ctx.secrets));
      await found(name, leftovers, driver);
    } catch (error) {
      session.signal.throwIfAborted();
      if (strict && drivers.includes(name)) throw error;
      const text = say`Driver ${name} cannot look for what is left over: ${messageOf(error)}`;
      if (strict && remembered.has(name)) session.io.warn(text);
      else session.io.debug(text);
    }
  }
}

interface Judgement {
  readonly is: 'in use' | 'left over' | 'not ours to remove';
  readonly why: Text;
  /** Its store was named. */
  readonly named: boolean;
}

async function judge(owners: Owners, leftover: Leftover, store: string | undefined): Promise<Judgement> {
  const verdict = await owners.verdictOn(leftover);
  return { is: verdict.is, why: verdict.is === 'in use' ? '' : verdict.why, named: store !== undefined && belongsTo(leftover, store) };
}

function isRemovable({ is, named }: Judgement): boolean {
  return is === 'left over' || (is === 'not ours to remove' && named);
}

async function itemOf(owners: Owners, driver: string, leftover: Leftover, store: string | undefined): Promise<GcItem[]> {
  const judgement = await judge(owners, leftover, store);
  if (judgement.is === 'in use' || (store !== undefined && !judgement.named)) return [];
  return [{ ...leftover, driver, removable: isRemovable(judgement), reason: judgement.why }];
}

/** A store's folder counts only for what has no id: what has one may belong to another store that lay there. */
function belongsTo({ owner, path }: Leftover, store: string): boolean {
  if (owner?.store !== undefined) return owner.store === store;
  return path !== undefined && rootOf(path) === resolve(store);
}
