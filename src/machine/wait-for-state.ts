import { stripVTControlCharacters } from 'node:util';

import type { State } from '../base/machine.js';
import { TsmachineError, errorText, type ErrorCode } from '../base/errors.js';
import { lines, say } from '../base/text.js';
import { waitFor } from '../base/wait.js';
import type { Look } from '../driver/contract.js';
import type { Machine } from './machine.js';
import type { Session } from './session.js';

/** Milliseconds; as long as Docker Machine waits (60 tries, 3 seconds apart). */
const stateTimeout = 180_000;
/** Lines of the console that are shown. */
const consoleLines = 12;

/**
 * Waits for a machine to get into a state that it is on its way to.
 * @throws TsmachineError WAIT_TIMEOUT naming the machine and the state; DRIVER_FAILED at once when it cannot get there any more
 */
export async function waitForState(session: Session, machine: Machine, state: State): Promise<void> {
  await waitFor(
    async () => {
      const look = await machine.look();
      if (look.state === state && (state !== 'Running' || hasAddress(machine, look))) return true;
      const failure = failureOf(machine, look);
      if (failure) throw failure;
      return undefined;
    },
    { timeout: stateTimeout, signal: session.signal, what: `${machine.name} to be ${state.toLowerCase()}` },
  );
}

/** A machine that runs is of use once it has an address; one without SSH is known by its engine's URL alone. */
function hasAddress({ module }: Machine, { addresses }: Look): boolean {
  return !module.features.provision || addresses.length > 0;
}

/** Why a machine will not change by itself any more; undefined while it may. */
function failureOf({ name }: Machine, { state, why }: Look): TsmachineError | undefined {
  if (why && why.code !== 'stopped') return new TsmachineError('DRIVER_FAILED', say`${name}: ${why.text}`);
  return state === 'Error' ? new TsmachineError('DRIVER_FAILED', `${name} is in an error state`) : undefined;
}

const unreached: readonly ErrorCode[] = [
  'SSH_REFUSED',
  'SSH_TIMEOUT',
  'SSH_UNREACHABLE',
  'SSH_LOST',
  'SSH_PROTOCOL',
  'SSH_NOLOGIN',
  'WAIT_TIMEOUT',
];

/** Does what needs a booted machine; when it is not reached, the error shows how its console ends, where the driver can read it. */
export async function showingConsole<T>(session: Session, machine: Machine, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!TsmachineError.is(error) || !unreached.includes(error.code) || !machine.driver.console) throw error;
    session.signal.throwIfAborted();
    const console = await machine.driver.console(machine.data, machine.ctx).catch((reason: unknown) => {
      session.io.debug(`${machine.name}: its console cannot be read: ${errorText(reason)}`);
      return '';
    });
    const end = printable(console).trimEnd().split('\n').slice(-consoleLines).join('\n').trim();
    throw new TsmachineError(error.code, error.text, {
      cause: error,
      exit: error.exit,
      hint: lines([error.hint, end === '' ? undefined : `The end of its console:\n${end}`]),
    });
  }
}

/** Without what moves a cursor or changes a terminal: the console of a machine that is not trusted yet is shown on the user's. */
function printable(console: string): string {
  return stripVTControlCharacters(console).replace(/[^\t\n\x20-\x7e\u00a0-\uffff]/g, '');
}
