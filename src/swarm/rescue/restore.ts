import { readFile } from 'node:fs/promises';

import type { SwarmRecord } from '../../store/swarms.js';
import { leaveSwarm } from '../engine/init-join-leave.js';
import { TsmachineError, messageOf, whyUnusable } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitUntilAwake } from './backup.js';
import { readBackup, type BackupManifest } from './backup-file.js';
import { beginAnew, refuseAutolock, requireAddress } from './begin-anew.js';
import { bringBack } from './bring-back.js';
import { discardRaft, placeRaft, readRaft, unpackRaft } from './raft-folder.js';
import { swarmOf } from '../reach/find.js';
import { withSwarm, type Reached, type Swarm } from '../reach/swarm.js';

export interface RestoreOptions {
  /** Called only when the backup is encrypted. */
  readonly passphrase?: () => Promise<string>;
  /** Restore even onto a machine that is in a swarm, and even when the swarm still works. */
  readonly force?: boolean;
}

/**
 * Makes a machine the only manager of a swarm as it was saved, and brings back those members of that time that answer.
 * @throws TsmachineError ARCHIVE_INVALID, ARCHIVE_PASSPHRASE, SWARM_STATE, SWARM_LOCKED, and what `beginAnew` and `bringBack` throw
 */
export async function restoreSwarm(session: Session, file: string, machine: string, options: RestoreOptions = {}): Promise<void> {
  const { manifest, state } = await readFrom(file, options);
  const { readSavedState } = await import('./saved-state.js');
  const { autolock, address = manifest.address } = await readSavedState(state, file, session.signal);
  refuseAutolock(manifest.swarm, manifest.machine, { autolock: autolock || manifest.autolock });
  const { swarms } = session.store;
  await swarms.lock(
    manifest.swarm,
    async () => {
      const known = await swarms.find(manifest.swarm);
      await refuseOtherSwarms(session, manifest, machine, known);
      const record = known ?? fromManifest(manifest, await session.store.names());
      await withSwarm(
        session,
        record,
        async (swarm) => {
          refuseWorking(swarm, machine, manifest, options);
          const member = swarm.reached(machine);
          const { membership } = member;
          await requireAddress(session, member, address);
          if (membership.engineVersion !== manifest.engineVersion) {
            session.io.warn(`The backup is from engine ${manifest.engineVersion}, but ${machine} has ${membership.engineVersion}`);
          }
          session.io.progress(`Restoring the state of ${manifest.takenAt} on ${machine}`);
          await unpackRaft(session, member, state);
          await changeOver(swarm, member, recordAfterRestore(swarm.record, manifest, machine));
          await waitUntilAwake(swarm, machine);
          await beginAnew(swarm, machine, await readRaft(session, swarm.reached(machine)));
          session.io.info(`${machine} is now the only manager of swarm "${swarm.name}", in the state of ${manifest.takenAt}.`);
          await bringBack(swarm, machine);
        },
        [machine],
      );
    },
    { signal: session.signal },
  );
}

/**
 * The point of no return: the machine leaves the swarm that it is in, and its engine starts with the state that was unpacked. All that
 * can be checked was checked before.
 */
async function changeOver(swarm: Swarm, member: Reached, record: Partial<SwarmRecord>): Promise<void> {
  const { session } = swarm;
  try {
    if (member.membership.state !== 'inactive') await leaveSwarm(member.engine, { force: true });
    await swarm.keep(record);
    await placeRaft(session, member);
  } catch (error) {
    await discardRaft(session, member).catch((cause: unknown) => {
      session.io.warn(say`The unpacked state stays on ${member.name}, with the keys of the swarm: ${messageOf(cause)}`);
    });
    throw error;
  }
}

async function readFrom(file: string, { passphrase }: RestoreOptions): Promise<{ manifest: BackupManifest; state: Buffer }> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new TsmachineError('ARCHIVE_INVALID', say`Cannot read ${file}: ${whyUnusable(error)}`, { cause: error });
  });
  const { unseal } = await import('../../transfer/archive/archive.js');
  return readBackup(await unseal(bytes, passphrase), file);
}

async function refuseOtherSwarms(
  session: Session,
  { swarm, cluster }: BackupManifest,
  machine: string,
  known: SwarmRecord | undefined,
): Promise<void> {
  if (known?.cluster !== undefined && cluster !== '' && known.cluster !== cluster) {
    throw new TsmachineError('SWARM_EXISTS', `This store has another swarm "${swarm}" (id ${known.cluster}; the backup is of ${cluster})`, {
      hint: say`Take it down first: ${run('swarm', 'down', swarm)}`,
    });
  }
  const other = await swarmOf(session, machine);
  if (other && other.name !== swarm) {
    throw new TsmachineError('SWARM_STATE', `${machine} is in swarm "${other.name}"`, {
      hint: say`Free it first: ${run('swarm', 'leave', machine)}`,
    });
  }
}

function refuseWorking(swarm: Swarm, machine: string, { machine: source, takenAt }: BackupManifest, { force }: RestoreOptions): void {
  if (force) return;
  if (swarm.manager) {
    throw new TsmachineError('SWARM_STATE', `Swarm "${swarm.name}" still works: its manager ${swarm.manager.name} answers`, {
      hint: `The backup was taken from ${source} on ${takenAt}. All changes since then would be lost; add --force to restore it anyway`,
    });
  }
  if (swarm.reached(machine).membership.state === 'inactive') return;
  throw new TsmachineError('SWARM_STATE', `${machine} is already in a swarm`, {
    hint: say`Remove it from that swarm first: ${run('swarm', 'leave', '--force', machine)}. Or add --force`,
  });
}

/**
 * The record after the restore. All other members join again, because what they know is not what was saved. Their nodes are those of the
 * backup, except the node of the machine that was saved: this machine takes it over.
 */
function recordAfterRestore(
  { members, rejoining }: SwarmRecord,
  { cluster, machine: from, node, members: then }: BackupManifest,
  machine: string,
): Partial<SwarmRecord> {
  const others = Object.entries(members)
    .filter(([name]) => name !== machine)
    .map(([name, { node: now, ...member }]) => {
      const id = then[name]?.node ?? now;
      return { name, member, former: name === from || id === undefined || id === node ? {} : { node: id } };
    });
  return {
    ...(cluster === '' ? {} : { cluster }),
    first: machine,
    members: {
      ...Object.fromEntries(others.map(({ name, member, former }) => [name, { ...member, ...former }])),
      [machine]: { ...members[machine], role: 'manager' },
    },
    rejoining: Object.fromEntries(others.map(({ name, member: { role }, former }) => [name, { ...rejoining?.[name], role, ...former }])),
  };
}

function fromManifest({ swarm, cluster, members }: BackupManifest, names: readonly string[]): SwarmRecord {
  const known = Object.entries(members).filter(([name]) => names.includes(name));
  return { version: 1, name: swarm, ...(cluster === '' ? {} : { cluster }), members: Object.fromEntries(known) };
}
