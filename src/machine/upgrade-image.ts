import type { SystemImage, SystemImages } from '../base/guest.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { say } from '../base/text.js';
import { powerOn } from './lifecycle.js';
import type { Machine } from './machine.js';
import type { Session } from './session.js';
import { waitForState } from './wait-for-state.js';

/** The images of a machine whose engine is part of its image; undefined where the engine is a package. @throws TsmachineError DOWNLOAD */
export async function systemImages({ driver, data, ctx }: Machine): Promise<SystemImages | undefined> {
  return driver.images?.(data, ctx);
}

/** What an upgrade would change, in one line; empty when there is nothing newer. */
export function newerImage({ current, newer }: SystemImages): string[] {
  return newer ? [`system image ${current.version} -> ${newer.version}`] : [];
}

/**
 * Boots a machine from the newest system image. A machine that does not come up with it gets its former image back. The caller holds the
 * machine's lock.
 * @throws TsmachineError FLAG_INVALID when a version of the engine is asked for; ENGINE_UNREACHABLE and the like for a machine that is
 * back on its former image
 */
export async function upgradeToImage(
  session: Session,
  machine: Machine,
  { current, newer }: SystemImages,
  version?: string,
): Promise<void> {
  const { io, signal } = session;
  const { name } = machine;
  if (version !== undefined) {
    throw new TsmachineError(
      'FLAG_INVALID',
      `The engine of ${name} is part of the image it boots from (${current.version}): its version cannot be chosen`,
      {
        hint: `Without --engine-version ${name} gets the newest image`,
      },
    );
  }
  if (!newer) {
    io.info(`${name} already boots from the newest image, ${current.version}`);
    if ((await machine.look()).state !== 'Running') await powerOn(session, machine);
    return;
  }
  await turnOff(session, machine);
  io.info(`Upgrading machine "${name}"...`);
  await bootFrom(machine, newer);
  io.info('Starting machine back up...');
  try {
    await powerOn(session, machine);
  } catch (error) {
    signal.throwIfAborted();
    await goBack(session, machine, current, newer);
    const { code, hint } = TsmachineError.from(error);
    throw new TsmachineError(
      code,
      say`${name} does not come up with ${newer.version} and is back on ${current.version}: ${messageOf(error)}`,
      { cause: error, hint },
    );
  }
  io.info(`"${name}" now boots from ${newer.version} instead of ${current.version}.`);
}

async function turnOff(session: Session, machine: Machine): Promise<void> {
  const { driver, ctx } = machine;
  if ((await machine.look()).state === 'Stopped') return;
  session.io.info('Stopping machine to do the upgrade...');
  await driver.stop(machine.data, ctx);
  await waitForState(session, machine, 'Stopped');
}

async function goBack(session: Session, machine: Machine, former: SystemImage, failed: SystemImage): Promise<void> {
  session.io.warn(`${machine.name} does not come up with ${failed.version}: going back to ${former.version}`);
  const { driver, ctx } = machine;
  await driver.kill(machine.data, ctx);
  await waitForState(session, machine, 'Stopped');
  await bootFrom(machine, former);
  await powerOn(session, machine);
}

async function bootFrom(machine: Machine, image: SystemImage): Promise<void> {
  const { name, driver } = machine;
  if (!driver.upgradeImage) throw new TsmachineError('INTERNAL', `The driver of ${name} lists images, but cannot change them`);
  await driver.upgradeImage(machine.data, machine.ctx, image);
}
