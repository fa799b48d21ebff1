import type { SwarmRecord } from '../../store/swarms.js';
import { updateCluster } from '../engine/cluster.js';
import { inNumbers, managersAmong } from '../model/quorum.js';
import { bestSurvivor, canComeBack, type RemainingManagers } from './survivor.js';
import { onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, run, say, type Text } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { keepBackup } from './backup.js';
import { beginAnew, refuseAutolock, requireAddress } from './begin-anew.js';
import { bringBack } from './bring-back.js';
import { findSwarm } from '../reach/find.js';
import { readRaft, type SwarmState } from './raft-folder.js';
import { withSwarm, type Reached, type Swarm } from '../reach/swarm.js';
import { lockedMembers, unlockMember } from './unlock.js';

/** Milliseconds for a swarm with a quorum to agree on a change. */
const decisionTimeout = 8000;

/**
 * Gives a swarm that has lost its quorum a new one of one manager. The remaining manager that knows most goes on alone with all services,
 * networks and secrets, and the other members join it again with their roles, labels and availability. The state is saved first.
 * Run again after an interruption, it finishes the recovery.
 * @param options.force recover even if starting the managers that are off would bring the quorum back
 * @throws TsmachineError SWARM_STATE when nothing is lost or no manager remains, SWARM_QUORUM with what brings the quorum back without loss
 */
export async function recoverSwarm(session: Session, given?: string, options: { force?: boolean } = {}): Promise<void> {
  const { name } = await findSwarm(session, given);
  await session.store.swarms.lock(
    name,
    async () =>
      withSwarm(session, await findSwarm(session, name), async (swarm) => {
        await unlockLocked(swarm);
        const only = (await hasWorkingQuorum(swarm))
          ? unfinishedSurvivor(swarm)
          : await goOnAlone(swarm, { force: options.force === true });
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
  const candidates = reachableManagers(swarm);
  const remaining = remainingManagers(swarm, candidates);
  const numbers = inNumbers({ total: remaining.total, reachable: remaining.running.length });
  if (candidates.length === 0) throw noSurvivor(swarm, remaining);
  if (!force && canComeBack(remaining)) {
    throw new TsmachineError('SWARM_QUORUM', `Swarm "${swarm.name}" can get its quorum back without a recovery: ${numbers}`, {
      hint: lines([
        'Nothing is lost if its other managers return:',
        ...commandsFor(swarm, remaining),
        say`To go on without them: ${run('swarm', 'recover', '--force', swarm.name)}`,
      ]),
    });
  }
  io.info(`Swarm "${swarm.name}" has lost its quorum: ${numbers}.`);
  const best = await chooseSurvivor(swarm, candidates);
  io.info(`${best.name} goes on alone, and the others join it again.`);
  await keepBackup(swarm, best.name);
  // Only now: a member that has to join again is no longer asked, so a run that ends before this must leave no trace.
  await swarm.keep({ rejoining: managersBeside(swarm.record, best.name) });
  await beginAnew(swarm, best.name, best);
  return best.name;
}

/**
 * Whether the swarm can agree on a change now. It is tried, because the last leader goes on answering requests for a while, and also counts
 * managers from before a recovery.
 */
async function hasWorkingQuorum(swarm: Swarm): Promise<boolean> {
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
    io.debug(say`Swarm "${swarm.name}" cannot agree on a change: ${TsmachineError.from(error).text}`);
    return false;
  }
}

/** The manager that went on alone in a recovery that was interrupted. @throws TsmachineError SWARM_STATE when there was none */
function unfinishedSurvivor(swarm: Swarm): string {
  const { record, nodes, manager } = swarm;
  const left = Object.keys(record.rejoining ?? {});
  if (left.length > 0 && manager) return manager.name;
  throw new TsmachineError('SWARM_STATE', `Swarm "${swarm.name}" has its quorum: ${inNumbers(managersAmong(nodes))}`, {
    hint: say`${run('swarm', 'status', swarm.name)} shows what else is wrong`,
  });
}

async function unlockLocked(swarm: Swarm): Promise<void> {
  const locked = lockedMembers(swarm);
  if (locked.length === 0) return;
  for (const outcome of await onEach(locked, 10, (name) => unlockMember(swarm, name))) {
    if ('error' in outcome) swarm.session.io.warn(TsmachineError.from(outcome.error).text);
  }
  await swarm.look();
}

/** Managers of this swarm whose engines answer, whether the swarm has a leader or not. */
function reachableManagers({ members, record }: Swarm): Reached[] {
  return [...members.values()].filter((member): member is Reached => {
    const { machine, engine, membership, name } = member;
    if (!machine || !engine || membership?.control !== true || !(name in record.members)) return false;
    const { node } = record.members[name] ?? {};
    return membership.cluster === undefined ? node === undefined || node === membership.nodeId : membership.cluster === record.cluster;
  });
}

function remainingManagers(swarm: Swarm, candidates: readonly Reached[]): RemainingManagers {
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
  const states = [];
  for (const outcome of await onEach(
    candidates.map(({ name }) => name),
    10,
    (name) => readRaft(swarm.session, swarm.reached(name)),
  )) {
    if ('value' in outcome) states.push({ name: outcome.name, ...outcome.value });
    else if (candidates.length === 1) throw outcome.error;
    else swarm.session.io.warn(say`${outcome.name}: ${TsmachineError.from(outcome.error).text}`);
  }
  const best = bestSurvivor(states);
  if (!best) throw new TsmachineError('SWARM_STATE', `Cannot read the swarm state of ${candidates.map(({ name }) => name).join(', ')}`);
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

function noSurvivor(swarm: Swarm, remaining: RemainingManagers): TsmachineError {
  if (remaining.off.length + remaining.locked.length === 0 && swarm.manager) throw swarm.whyNoManager();
  const [first] = commandsFor(swarm, remaining);
  const backups = swarm.session.store.swarms.backupsDir(swarm.name);
  return new TsmachineError('SWARM_STATE', `No manager of swarm "${swarm.name}" answers that could go on alone`, {
    hint: lines([
      first && say`Run this first, then recover again: ${first}`,
      say`Or restore a backup: ${run('swarm', 'restore', 'FILE', 'MACHINE')} (backups of this store: ${backups})`,
    ]),
  });
}

/** What starts and unlocks the managers that do not answer. */
function commandsFor(swarm: Swarm, { off, locked }: RemainingManagers): Text[] {
  return [...(off.length > 0 ? [run('start', ...off)] : []), ...(locked.length > 0 ? [run('swarm', 'unlock', swarm.name)] : [])];
}
