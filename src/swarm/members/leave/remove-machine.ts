import type { Session } from '../../../machine/session.js';
import { throwFailures } from '../../../machine/choose/failures.js';
import { removeMachines } from './removal.js';

/**
 * Removes a machine with everything its driver made, also after an interrupted create. A member of a swarm leaves it first, if the
 * swarm keeps its quorum.
 * @param options.force remove the store's entry whatever the driver, the configuration or the swarm says
 * @throws TsmachineError MACHINE_NOT_FOUND, CONFIG_*, SWARM_QUORUM, SWARM_STATE, or the driver's error; with `force` these are warnings
 */
export async function removeMachine(session: Session, name: string, options: { force?: boolean } = {}): Promise<void> {
  throwFailures(await removeMachines(session, [name], options));
}
