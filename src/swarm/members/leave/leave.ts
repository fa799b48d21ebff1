import { leaveSwarm } from '../../engine/init-join-leave.js';
import { onEach } from '../../../machine/choose/each.js';
import { TsmachineError, messageOf } from '../../../base/errors.js';
import { lines, run, say } from '../../../base/text.js';
import { openMachineEngine } from '../../../machine/engine/engine.js';
import { openMachine } from '../../../machine/machine.js';
import type { Session } from '../../../machine/session.js';
import { closeMemberPorts } from '../ports.js';
import { checkDepartures, departureOrder, inOrder } from './departures.js';
import { depart } from './depart.js';
import { throwFailures } from '../../../machine/choose/failures.js';
import { swarmOf } from '../../reach/find.js';
import { lockSwarm } from '../../reach/lock.js';
import { withSwarm, type Swarm } from '../../reach/swarm.js';

/**
 * Takes machines out of their swarms and changes nothing else about them. A machine in a swarm that this store does not know just leaves
 * it, and the entry of its node stays.
 * @param options.force also machines that do not answer, and out of a swarm without a quorum
 * @throws TsmachineError SWARM_QUORUM, SWARM_STATE, MACHINE_NOT_FOUND
 */
export async function leaveMachines(
  session: Session,
  names: readonly string[],
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  const options = { force };
  const groups = new Map<string | undefined, string[]>();
  for (const name of names) {
    const swarm = (await swarmOf(session, name))?.name;
    groups.set(swarm, [...(groups.get(swarm) ?? []), name]);
  }
  const outcomes = [];
  for (const [swarm, members] of groups) {
    outcomes.push(
      ...(swarm === undefined
        ? await onEach(members, 10, (name) => leaveUnknown(session, name, options))
        : await leaveKnown(session, swarm, members, options)),
    );
  }
  throwFailures(outcomes);
}

async function leaveKnown(session: Session, name: string, members: readonly string[], options: { force: boolean }) {
  return lockSwarm(session, name, async () => {
    const record = await session.store.swarms.find(name);
    if (!record) return [];
    return withSwarm(session, record, async (swarm) => {
      const order = departureOrder(swarm, members);
      checkDepartures(swarm, order);
      return inOrder(swarm, order, (member) => leaveOne(swarm, member, options));
    });
  });
}

async function leaveOne(swarm: Swarm, name: string, { force }: { force: boolean }): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  try {
    if ((await depart(swarm, name, { force })) === 'last') {
      await closeMemberPorts(swarm);
      io.info(`${name} was the last node of swarm "${swarm.name}", which has ended with it.`);
      return;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!force || swarm.manager) throw error; // a swarm that can decide is asked
    io.warn(say`${name} leaves without the consent of swarm "${swarm.name}": ${messageOf(error)}`);
    const { engine, membership } = swarm.reached(name);
    if (membership.state !== 'inactive') await leaveSwarm(engine, { force });
    await swarm.forgetMember(name);
  }
  io.info(`${name} has left swarm "${swarm.name}".`);
}

async function leaveUnknown(session: Session, name: string, { force }: { force: boolean }): Promise<void> {
  const engine = await openMachineEngine(session, await openMachine(session, name));
  try {
    const { membershipOf } = await import('../../engine/membership.js');
    const { state, control } = await membershipOf(engine);
    if (state === 'inactive') throw new TsmachineError('SWARM_STATE', `${name} is in no swarm`);
    if (control && !force) {
      throw new TsmachineError('SWARM_QUORUM', `${name} is a manager of a swarm that this store does not know, which may need it`, {
        hint: lines([
          say`Take the swarm into the store: ${run('swarm', 'init', '--name', await freeName(session), name)}`,
          say`Or leave it anyway: ${run('swarm', 'leave', '--force', name)}`,
        ]),
      });
    }
    await leaveSwarm(engine, { force: true });
    session.io.info(`${name} has left its swarm; a manager of that swarm must remove the entry of its node.`);
  } finally {
    engine.close();
  }
}

/** `default`, as `swarm init` calls a swarm, unless the store has one. */
async function freeName(session: Session): Promise<string> {
  return (await session.store.swarms.names()).includes('default') ? 'NAME' : 'default';
}
