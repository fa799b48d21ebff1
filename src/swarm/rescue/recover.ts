import type { SwarmRecord } from '../../store/swarms.js';
import { updateCluster } from '../engine/cluster.js';
import { inNumbers, managersAmong } from '../model/quorum.js';
import { bestSurvivor, canComeBack, type Left } from './survivor.js';
import { onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import type { Session } from '../../machine/session.js';
import { keepBackup } from './backup.js';
import { beginAnew, refuseAutolock, requireAddress } from './begin-anew.js';
import { bringBack } from './bring-back.js';
import { findSwarm } from '../reach/find.js';
import { lookAtRaft, type SwarmState } from './raft-folder.js';
import { withSwarm, type Reached, type Swarm } from '../reach/swarm.js';
import { lockedMembers, unlockMember } from './unlock.js';

/** Milliseconds for a swarm to agree on a change, when it can at all. */
const decisionTimeout = 8000;

/**
 * Gives a swarm that has lost its quorum a new one, of one manager: the best of those that are left goes on alone with all services,
 * networks and secrets, and the others join it again with their roles, labels and availability. Its state is saved first. An
 * interrupted recovery is finished by another.
 * @param options.force also when the managers that are off would bring the quorum back
 * @throws TsmachineError SWARM_STATE when nothing is lost or nobody is left, SWARM_QUORUM with what brings the quorum back without loss
 */
export async function recoverSwarm(session: Session, given?: string, options: { force?: boolean } = {}): Promise<void> {
  const { name } = await findSwarm(session, given);
  await session.store.swarms.lock(
    name,
    async () =>
      withSwarm(session, await findSwarm(session, name), async (swarm) => {
        await unlockLocked(swarm);
        const only = (await decides(swarm)) ? unfinished(swarm) : await goOnAlone(swarm, { force: options.force === true });
        await bringBack(swarm, only);
        const { total } = managersAmong(swarm.nodes);
        session.io.info(`Swarm "${name}" works again: ${total} manager${total === 1 ? '' : 's'}, ${swarm.nodes.length} nodes.`);
      }),
    { signal: session.signal },
  );
}

async function goOnAlone(swarm: Swarm, { force }: { force: boolean }): Promise<string> {
  const {
    session: { io },
  } = swarm;
  const candidates = leftManagers(swarm);
  const left = whatIsLeft(swarm, candidates);
  const numbers = inNumbers({ total: left.total, reachable: left.running.length });
  if (candidates.length === 0) throw nobodyLeft(swarm, left);
  if (!force && canComeBack(left)) {
    const unlock = left.locked.length > 0 ? [`tsmachine swarm unlock ${swarm.name}`] : [];
    const start = left.off.length > 0 ? [`tsmachine start ${left.off.join(' ')}`] : [];
    throw new TsmachineError('SWARM_QUORUM', `Swarm "${swarm.name}" lacks managers that are there: ${numbers}`, {
      hint: `Nothing is lost when they return: ${[...start, ...unlock].join(', ')}\nTo go on without them: tsmachine swarm recover --force ${swarm.name}`,
    });
  }
  io.info(`Swarm "${swarm.name}" has lost its quorum: ${numbers}.`);
  const best = await chooseSurvivor(swarm, candidates);
  io.info(`${best.name} goes on alone; the others join it again.`);
  await swarm.keep({ rejoining: managersBeside(swarm.record, best.name) });
  await keepBackup(swarm, best.name);
  await beginAnew(swarm, best.name, best);
  return best.name;
}

/**
 * Whether the swarm agrees on changes now. Its last leader goes on answering questions for a while, and counts managers of before the
 * swarm was begun anew, so it is asked to decide.
 */
async function decides(swarm: Swarm): Promise<boolean> {
  if (!swarm.manager) return false;
  const {
    session: { signal, io },
  } = swarm;
  try {
    const { engine } = swarm.manager;
    const bounded = AbortSignal.timeout(decisionTimeout);
    const request: typeof engine.request = (method, path, request) => engine.request(method, path, { ...request, signal: bounded });
    await updateCluster({ ...engine, request }, (spec) => spec);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    io.debug(`Swarm "${swarm.name}" agrees on nothing: ${TsmachineError.from(error).message}`);
    return false;
  }
}

/** The manager that went on alone in a recovery that was interrupted. @throws TsmachineError SWARM_STATE when there was none */
function unfinished(swarm: Swarm): string {
  const { record, nodes, manager } = swarm;
  const left = Object.keys(record.rejoining ?? {});
  if (left.length > 0 && manager) return manager.name;
  throw new TsmachineError('SWARM_STATE', `Swarm "${swarm.name}" has its quorum: ${inNumbers(managersAmong(nodes))}`, {
    hint: `What else is wrong: tsmachine swarm status ${swarm.name}`,
  });
}

async function unlockLocked(swarm: Swarm): Promise<void> {
  const locked = lockedMembers(swarm);
  if (locked.length === 0) return;
  for (const outcome of await onEach(locked, 10, (name) => unlockMember(swarm, name))) {
    if ('error' in outcome) swarm.session.io.warn(TsmachineError.from(outcome.error).message);
  }
  await swarm.look();
}

/** Managers of this swarm that answer, whether it has a leader or not. */
function leftManagers({ members, record }: Swarm): Reached[] {
  return [...members.values()].filter((member): member is Reached => {
    const { machine, engine, membership, name } = member;
    if (!machine || !engine || membership?.control !== true || !(name in record.members)) return false;
    const { node } = record.members[name] ?? {};
    return membership.cluster === undefined ? node === undefined || node === membership.nodeId : membership.cluster === record.cluster;
  });
}

function whatIsLeft(swarm: Swarm, candidates: readonly Reached[]): Left {
  const managers = Object.entries(swarm.record.members)
    .filter(([, { role }]) => role === 'manager')
    .map(([name]) => name);
  const off = managers.filter((name) => {
    const { machine, state } = swarm.members.get(name) ?? {};
    return machine !== undefined && (state === 'Stopped' || state === 'Saved' || state === 'Paused');
  });
  const known = Math.max(0, ...candidates.map(({ membership }) => membership.managers.length));
  return { total: known > 0 ? known : managers.length, running: candidates.map(({ name }) => name), off, locked: lockedMembers(swarm) };
}

async function chooseSurvivor(swarm: Swarm, candidates: readonly Reached[]): Promise<{ name: string } & SwarmState> {
  const looked = [];
  for (const outcome of await onEach(
    candidates.map(({ name }) => name),
    10,
    (name) => lookAtRaft(swarm.session, swarm.reached(name).machine),
  )) {
    if ('value' in outcome) looked.push({ name: outcome.name, ...outcome.value });
    else if (candidates.length === 1) throw outcome.error;
    else swarm.session.io.warn(`${outcome.name}: ${TsmachineError.from(outcome.error).message}`);
  }
  const best = bestSurvivor(looked);
  if (!best) throw new TsmachineError('SWARM_STATE', `None of ${candidates.map(({ name }) => name).join(', ')} tells how far it is`);
  refuseAutolock(swarm.name, best.name, best);
  const reached = swarm.reached(best.name);
  await requireAddress(swarm.session, reached, reached.membership.address ?? '');
  return best;
}

function managersBeside({ members, rejoining }: SwarmRecord, only: string): NonNullable<SwarmRecord['rejoining']> {
  const others = Object.entries(members).filter(([name, { role }]) => name !== only && role === 'manager');
  const { [only]: _, ...due } = rejoining ?? {};
  return {
    ...due,
    ...Object.fromEntries(others.map(([name, { role, node }]) => [name, { ...due[name], role, ...(node === undefined ? {} : { node }) }])),
  };
}

function nobodyLeft(swarm: Swarm, { off, locked }: Left): TsmachineError {
  if (off.length + locked.length === 0 && swarm.manager) throw swarm.whyNoManager();
  const first =
    off.length > 0 ? `tsmachine start ${off.join(' ')}` : locked.length > 0 ? `tsmachine swarm unlock ${swarm.name}` : undefined;
  return new TsmachineError('SWARM_STATE', `No manager of swarm "${swarm.name}" answers that could go on`, {
    hint: [
      ...(first === undefined ? [] : [`Then again, after: ${first}`]),
      `From a backup: tsmachine swarm restore FILE MACHINE (backups of this store: ${swarm.session.store.swarms.backupsDir(swarm.name)})`,
    ].join('\n'),
  });
}
