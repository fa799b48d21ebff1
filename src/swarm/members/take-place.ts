import type { SwarmRecord } from '../../store/swarms.js';
import { readingOnce } from '../../machine/engine/engine.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { rejoinNow } from '../rescue/bring-back.js';
import { swarmOf } from '../reach/find.js';
import { hostAddresses } from '../reach/host-addresses.js';
import { lookAtMember, type Member } from '../reach/member.js';
import { withSwarm } from '../reach/swarm.js';
import { unlockEngine } from '../rescue/unlock.js';

/** Milliseconds for the managers, which may have been restarted together with this machine, to agree again. */
const managersTimeout = 60_000;

/**
 * Gives a machine that has just come back its place in its swarm: a manager that locks itself is unlocked; a worker whose address is
 * another one than the swarm knows, and a member of before the swarm was begun anew, join again. A machine in no swarm costs one look at
 * a folder. What goes wrong is a warning: the machine itself is up. The caller holds neither the machine's lock nor the swarm's.
 */
export async function takePlace(session: Session, name: string): Promise<void> {
  const { io, signal } = session;
  try {
    const record = await swarmOf(session, name);
    if (record) await takePlaceIn(session, name, record);
  } catch (error) {
    signal.throwIfAborted();
    const { text, hint } = TsmachineError.from(error);
    io.warn(lines([say`${name} is up, and not in its place in the swarm: ${text}`, hint]) ?? '');
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

/** Whether the other nodes look for a worker where its host is no longer. Managers need fixed addresses: those are told by doctor. */
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
  await swarms.lock(
    which,
    async () => {
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
            hint: `tsmachine swarm status ${which}`,
          },
        );
        const due = swarm.record.rejoining?.[name];
        io.info(
          due
            ? `${name} joins swarm "${which}" again, which was begun anew without it.`
            : `${name} joins swarm "${which}" again: it is at ${addresses.join(', ')} now, not at ${membership?.address ?? '?'}.`,
        );
        const { role = 'worker' } = swarm.record.members[name] ?? {};
        await rejoinNow(swarm, name, due ?? { role, ...(membership?.nodeId === undefined ? {} : { node: membership.nodeId }) });
      });
    },
    {
      signal,
      onWait: () => {
        io.progress(`Waiting for another tsmachine that works on swarm ${which}`);
      },
    },
  );
}
