import type { SwarmRecord } from '../../store/swarms.js';
import { readingOnce } from '../../machine/engine/engine.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { rejoinNow } from '../rescue/bring-back.js';
import { swarmOf } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { hostAddresses } from '../reach/host-addresses.js';
import { lookAtMember, type Member } from '../reach/member.js';
import { withSwarm } from '../reach/swarm.js';
import { unlockEngine } from '../rescue/unlock.js';

/** Milliseconds for the managers, which may have been restarted together with this machine, to agree again. */
const managersTimeout = 60_000;

/**
 * Brings a machine that has just come up back into its swarm: a locked manager is unlocked; a worker whose address has changed joins
 * again, and so does a member that knows only an older state of the swarm. For a machine in no swarm this only reads a folder. A failure
 * is a warning, because the machine itself is up. The caller holds neither the machine's lock nor the swarm's.
 */
export async function takePlace(session: Session, name: string): Promise<void> {
  const { io, signal } = session;
  try {
    const record = await swarmOf(session, name);
    if (record) await takePlaceIn(session, name, record);
  } catch (error) {
    signal.throwIfAborted();
    const { text, hint } = TsmachineError.from(error);
    io.warn(lines([say`${name} is up, but is not back in its swarm: ${text}`, hint]) ?? '');
  }
}

async function takePlaceIn(session: Session, name: string, record: SwarmRecord): Promise<void> {
  const member = await lookAtMember(session, name, readingOnce());
  try {
    if (!member.engine || !member.membership) return;
    if (member.membership.state === 'locked') {
      await unlockEngine(session, record.name, member.engine);
      session.io.info(`${name} is unlocked, as a manager of swarm "${record.name}".`);
    }
    const isDue = name in (record.rejoining ?? {});
    if (isDue || (await hasMoved(session, member, record))) await joinAnew(session, member, record.name);
  } finally {
    member.engine?.close();
  }
}

/** Whether a worker advertises an address that its host no longer has. Managers need fixed addresses, which doctor checks. */
async function hasMoved(
  session: Session,
  { name, machine, membership, addresses = [] }: Member,
  { members }: SwarmRecord,
): Promise<boolean> {
  const { address, state, control = true } = membership ?? {};
  if (
    !machine ||
    control ||
    members[name]?.role !== 'worker' ||
    state === 'inactive' ||
    address === undefined ||
    addresses.includes(address)
  )
    return false;
  const here = await hostAddresses(session, machine);
  return here !== undefined && !here.some(({ ip }) => ip === address);
}

async function joinAnew(session: Session, { name, membership, addresses = [] }: Member, which: string): Promise<void> {
  const {
    store: { swarms },
    io,
    signal,
  } = session;
  await lockSwarm(session, which, async () => {
    const record = await swarms.find(which);
    if (!record || !(name in record.members)) return;
    await withSwarm(session, record, async (swarm) => {
      await waitFor(
        async () => {
          if (!swarm.manager) await swarm.look();
          return swarm.manager ? true : undefined;
        },
        {
          timeout: managersTimeout,
          maxInterval: 1000,
          signal,
          what: `a manager of swarm "${which}" to answer`,
          hint: run('swarm', 'status', which),
        },
      );
      const due = swarm.record.rejoining?.[name];
      io.info(
        due
          ? `${name} joins swarm "${which}" again, which was recovered without it.`
          : `${name} joins swarm "${which}" again: it is at ${addresses.join(', ')} now, not at ${membership?.address ?? '?'}.`,
      );
      const { role = 'worker' } = swarm.record.members[name] ?? {};
      await rejoinNow(swarm, name, due ?? { role, ...(membership?.nodeId === undefined ? {} : { node: membership.nodeId }) });
    });
  });
}
