import type { SwarmRecord } from '../../../store/swarms.js';
import { TsmachineError } from '../../../base/errors.js';
import { refuseShared } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';
import { declaredByFile } from '../../up/declared.js';
import { closeMemberPorts } from '../ports.js';
import { dissolve } from './dissolve.js';
import { throwFailures } from '../../../machine/choose/failures.js';
import { findSwarm } from '../../reach/find.js';
import { lockSwarm } from '../../reach/lock.js';
import { withSwarm } from '../../reach/swarm.js';

export interface DownOptions {
  /** The machines stay, in no swarm. */
  readonly keepMachines?: boolean;
}

/**
 * The swarm that is to end: named, described by a file, or the only one of the store.
 * @throws TsmachineError SWARM_NOT_FOUND, SWARM_FILE, USAGE
 */
export async function swarmToEnd(
  session: Session,
  { name, file, cwd }: { name?: string | undefined; file?: string | undefined; cwd: string },
): Promise<SwarmRecord> {
  if (file === undefined) return findSwarm(session, name);
  const { declaration } = await declaredByFile({ file, name, cwd, session });
  const record = await session.store.swarms.find(declaration.name);
  if (record) return record;
  throw new TsmachineError('SWARM_NOT_FOUND', `There is no swarm "${declaration.name}", which ${file} describes`, {
    hint: 'It may have been ended already',
  });
}

/**
 * Ends a swarm of the store: every machine of its record leaves it and, unless machines are kept, is removed. Another run finishes one
 * that was interrupted.
 * @throws TsmachineError MACHINE_SHARED, before anything is done; SEVERAL_FAILED, or the failure of the one machine that could not be
 * taken out or removed
 */
export async function endSwarm(session: Session, name: string, { keepMachines = false }: DownOptions = {}): Promise<void> {
  const {
    io,
    store: { swarms },
  } = session;
  await lockSwarm(session, name, async () => {
    const record = await swarms.find(name);
    if (!record) return;
    if (!keepMachines) await refuseShared(session, Object.keys(record.members));
    await withSwarm(session, record, async (swarm) => {
      const strangers = swarm.nodes.filter((node) => node.state !== 'down' && swarm.machineOf(node) === undefined);
      const outcomes = await dissolve(swarm, { machines: keepMachines ? 'keep' : { force: false } });
      if (strangers.length > 0)
        io.warn(`Nodes that are not machines of this store stay as they are: ${strangers.map(({ hostname }) => hostname).join(', ')}`);
      throwFailures(outcomes);
      await closeMemberPorts(swarm);
    });
  });
  io.info(`Swarm "${name}" has ended.`);
}
