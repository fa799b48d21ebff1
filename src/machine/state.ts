import type { State } from '../base/machine.js';
import type { Machine } from './machine.js';
import type { Session } from './session.js';
import { waitFor } from '../base/wait.js';

/** Milliseconds; as long as Docker Machine waits (60 tries, 3 seconds apart). */
const stateTimeout = 180_000;

/** @throws TsmachineError WAIT_TIMEOUT naming the machine and the state */
export async function waitForState(session: Session, machine: Machine, state: State): Promise<void> {
  await waitFor(async () => (await machine.driver.state(machine.data, machine.ctx)) === state || undefined, {
    timeout: stateTimeout,
    signal: session.signal,
    what: `${machine.name} to be ${state.toLowerCase()}`,
  });
}
