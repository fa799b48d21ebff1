import { TsmachineError, messageOf } from '../../../base/errors.js';
import { lines, run, say } from '../../../base/text.js';
import { machineToRemove, refuseShared, removeMachine, type RemoveOptions } from '../../../machine/remove.js';
import type { Session } from '../../../machine/session.js';
import type { Swarm } from '../../reach/swarm.js';
import { depart } from './depart.js';

/** `force` removes the machine even when its swarm refuses. */
export interface RemoveMemberOptions extends RemoveOptions {
  /** For the removal of the machine; the swarm's own by default. */
  readonly session?: Session;
  /** Called when the machine is removed and the record still has the member. */
  readonly onRemoved?: () => Promise<void>;
}

/**
 * Takes a member out of its swarm, removes its machine and forgets the member. The record keeps the member until its machine is gone, so
 * that an interrupted removal is finished by another. A machine that its driver cannot remove does not leave.
 * @throws TsmachineError what `depart` and `removeMachine` throw; with `force` what `depart` throws is a warning
 */
export async function removeMember(swarm: Swarm, name: string, options: RemoveMemberOptions): Promise<void> {
  const { session } = swarm;
  if (!options.force) {
    // before it has left
    if (!options.shared) await refuseShared(session, [name]);
    if (await session.store.exists(name)) await machineToRemove(session, name);
  }
  try {
    await depart(swarm, name, { force: true, remembered: true });
  } catch (error) {
    session.signal.throwIfAborted();
    if (!options.force) throw withWaysOut(swarm, name, error);
    session.io.warn(say`${name} is removed without having left swarm "${swarm.name}": ${messageOf(error)}`);
  }
  await removeAndForget(swarm, name, options);
}

/** A swarm in which nobody can decide lets nobody leave: the user may want the machine gone all the same. */
function withWaysOut(swarm: Swarm, name: string, cause: unknown): unknown {
  if (swarm.manager || !TsmachineError.is(cause)) return cause;
  return new TsmachineError(cause.code, cause.text, {
    cause,
    hint: lines([
      cause.hint,
      say`To remove ${name} without asking its swarm: ${run('rm', '-f', name)}`,
      say`To end the whole swarm: ${run('swarm', 'down', swarm.name)}`,
    ]),
  });
}

/** Removes the machine of a member that is out of its swarm, and forgets the member. */
export async function removeAndForget(
  swarm: Swarm,
  name: string,
  { session = swarm.session, onRemoved, ...options }: RemoveMemberOptions,
): Promise<void> {
  session.io.progress(`Removing ${name}`);
  if (await session.store.exists(name)) await removeMachine(session, name, options);
  await onRemoved?.();
  await swarm.forgetMember(name);
}
