import type { Session } from '../session.js';
import { dissolve } from './dissolve.js';
import { throwFailures } from './failures.js';
import { withSwarm } from './swarm.js';

export interface DownOptions {
  /** The machines stay, in no swarm. */
  readonly keepMachines: boolean;
}

/**
 * Ends a swarm of the store: every machine of its record leaves it and, unless they are kept, is removed. Run again, it finishes what
 * was interrupted.
 * @throws TsmachineError SEVERAL_FAILED, or the failure of the one machine that could not be taken out or removed
 */
export async function endSwarm(session: Session, name: string, { keepMachines }: DownOptions): Promise<void> {
  const { io, signal, store: { swarms } } = session;
  await swarms.lock(name, async () => {
    const record = await swarms.find(name);
    if (!record) return;
    await withSwarm(session, record, async (swarm) => {
      const strangers = swarm.nodes.filter((node) => node.state !== 'down' && swarm.machineOf(node) === undefined);
      const outcomes = await dissolve(swarm, { machines: keepMachines ? 'keep' : 'remove' });
      if (strangers.length > 0) io.warn(`Nodes that are no machines of this store stay as they are: ${strangers.map(({ hostname }) => hostname).join(', ')}`);
      throwFailures(outcomes);
    });
  }, { signal });
  io.info(`Swarm "${name}" is no more.`);
}
