import { TsmachineError } from '../../base/errors.js';
import type { AccountContext, Driver, Leftover } from '../../driver/contract.js';
import { accountContext } from '../access/driver-context.js';
import type { Session } from '../session.js';

/** A driver, and what it may do for no machine in particular. @throws TsmachineError DRIVER_UNKNOWN */
export async function openAccount(session: Session, name: string): Promise<{ driver: Driver; ctx: AccountContext }> {
  const open = await session.drivers.open(name);
  return { driver: open.driver, ctx: accountContext(session, open) };
}

/** Removes one thing that a driver found. */
export async function discard(driver: Driver, leftover: Leftover, ctx: AccountContext): Promise<void> {
  if (!driver.discard) throw new TsmachineError('INTERNAL', `The driver found ${leftover.kind} ${leftover.id}, and cannot remove it`);
  await driver.discard(leftover, ctx);
}
