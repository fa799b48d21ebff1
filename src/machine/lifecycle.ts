import type { State } from '../base/machine.js';
import { TsmachineError } from '../base/errors.js';
import { say } from '../base/text.js';
import { type Machine, openMachine } from './machine.js';
import { provisionAgain } from './provision.js';
import { tellFollowers, type Session } from './session.js';
import { waitForState } from './wait-for-state.js';
import { verifyEngine } from './engine/verify.js';

/**
 * Starts a machine and waits until its engine answers.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_STATE when it runs already, DRIVER_NO_POWER, WAIT_TIMEOUT, ENGINE_*,
 * or the driver's error
 */
export async function startMachine(session: Session, name: string): Promise<void> {
  await withMachine(session, name, async (machine) => {
    session.io.info(`Starting "${name}"...`);
    await refuseState(machine, 'Running', 'running');
    await powerOn(session, machine);
  });
  await tellFollowers(session, (follower) => follower.returned?.(session, name));
}

/**
 * Shuts a machine down and waits until it is off.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_STATE when it is off already, DRIVER_NO_POWER, WAIT_TIMEOUT, or the driver's error
 */
export async function stopMachine(session: Session, name: string): Promise<void> {
  await withMachine(session, name, (machine) =>
    powerOff(session, machine, { doing: 'Stopping', done: 'stopped' }, () => machine.driver.stop(machine.data, machine.ctx)),
  );
}

/** Switches a machine off at once, as by its power button. @throws as `stopMachine` */
export async function killMachine(session: Session, name: string): Promise<void> {
  await withMachine(session, name, (machine) =>
    powerOff(session, machine, { doing: 'Killing', done: 'killed' }, () => machine.driver.kill(machine.data, machine.ctx)),
  );
}

/** Restarts a machine and waits until its engine answers; one that is off is started. @throws as `startMachine` */
export async function restartMachine(session: Session, name: string): Promise<void> {
  await withMachine(session, name, async (machine) => {
    session.io.info(`Restarting "${name}"...`);
    const { driver, ctx } = machine;
    const { state } = await machine.look();
    const before = await addressesOf(machine);
    if (state === 'Stopped') return powerOn(session, machine);
    if (driver.restart) {
      await driver.restart(machine.data, ctx);
    } else {
      await driver.stop(machine.data, ctx);
      await driver.start(machine.data, ctx);
    }
    await waitForState(session, machine, 'Running');
    await waitForEngine(session, machine, before);
    session.io.info(`Machine "${name}" was restarted.`);
    await tellFollowers(session, (follower) => follower.changed?.(session, machine.name));
  });
  await tellFollowers(session, (follower) => follower.returned?.(session, name));
}

async function withMachine(session: Session, name: string, work: (machine: Machine) => Promise<void>): Promise<void> {
  await session.store.lock(
    name,
    async () => {
      await work(await openMachine(session, name));
    },
    { signal: session.signal },
  );
}

/** Starts a machine that is off and waits until its engine answers. The caller holds the machine's lock. */
export async function powerOn(session: Session, machine: Machine): Promise<void> {
  const before = await addressesOf(machine);
  await machine.driver.start(machine.data, machine.ctx);
  await waitForState(session, machine, 'Running');
  session.io.info(`Machine "${machine.name}" was started.`);
  await waitForEngine(session, machine, before);
  await tellFollowers(session, (follower) => follower.changed?.(session, machine.name));
}

async function powerOff(
  session: Session,
  machine: Machine,
  words: { doing: string; done: string },
  act: () => Promise<void>,
): Promise<void> {
  session.io.info(`${words.doing} "${machine.name}"...`);
  await refuseState(machine, 'Stopped', 'stopped');
  await act();
  await waitForState(session, machine, 'Stopped');
  session.io.info(`Machine "${machine.name}" was ${words.done}.`);
}

async function refuseState(machine: Machine, state: State, word: string): Promise<void> {
  if ((await machine.look()).state !== state) return;
  throw new TsmachineError('MACHINE_STATE', `Machine "${machine.name}" is already ${word}.`);
}

/** A machine that came back at another address gets a certificate for it at once: the old one would be refused. */
async function waitForEngine(session: Session, machine: Machine, before: string): Promise<void> {
  if (!machine.module.features.provision) return;
  try {
    await verifyEngine(session, machine);
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'ENGINE_TLS') throw error;
    session.io.info(say`Renewing the certificate of ${machine.name}: ${error.text}`);
    await provisionAgain(session, machine, false);
    return;
  }
  if ((await addressesOf(machine)) !== before) await tellFollowers(session, (follower) => follower.moved?.(session, machine.name));
}

async function addressesOf(machine: Machine): Promise<string> {
  const { addresses } = await machine.where();
  return addresses.map(({ ip }) => ip).join();
}
