import { join, resolve } from 'node:path';

import { membershipOf } from '../engine/membership.js';
import { waitUntilSeen } from '../engine/init-join-leave.js';
import { patient } from '../engine/patient.js';
import { hasQuorum, inNumbers, managersAmong, withOneDown } from '../model/quorum.js';
import { makePrivateDir, writeAtomic } from '../../system/files/atomic.js';
import { packageVersion } from '../../system/package.js';
import { TsmachineError } from '../../base/errors.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { backupEntries, type BackupManifest } from './backup-file.js';
import { findSwarm } from '../reach/find.js';
import { readRaft, saveRaft } from './raft-folder.js';
import { withSwarm, type Reached, type Swarm } from '../reach/swarm.js';
import { unlockMember } from './unlock.js';

/** Milliseconds for a manager whose engine was stopped to take part in the swarm again. */
const returnTimeout = 90_000;

export interface BackupOptions {
  /** Default: a file in the store's folder of the swarm. */
  readonly output?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Back up even if the swarm has no quorum while the manager is stopped. */
  readonly force?: boolean;
}

/**
 * Saves the whole state of a swarm from a manager whose engine is stopped meanwhile. That is not the leader, unless the leader is the only
 * manager or named, and the others must keep the quorum.
 * @param given the swarm, or a machine in it; if that is a manager, it is the one to save
 * @returns the file, of mode 0600
 * @throws TsmachineError SWARM_QUORUM with the numbers, SWARM_STATE
 */
export async function backupSwarm(session: Session, given?: string, { force = false, ...options }: BackupOptions = {}): Promise<string> {
  const { name } = await findSwarm(session, given);
  return session.store.swarms.lock(
    name,
    async () =>
      withSwarm(session, await findSwarm(session, name), async (swarm) => {
        if (!swarm.manager) throw swarm.whyNoManager();
        const source = chooseSource(swarm, given);
        refuseQuorumLoss(swarm, source, force);
        const file = await keepBackup(swarm, source, options);
        await waitUntilBack(swarm, source);
        session.io.info(`Saved swarm "${name}" from ${source} to ${file}`);
        if (options.passphrase === undefined)
          session.io.warn(`${file} contains the swarm's secrets and keys: everyone who can read it controls the swarm`);
        return file;
      }),
    { signal: session.signal },
  );
}

/** Saves the state of one manager to a file. Afterwards its engine runs again, but may not be part of the quorum yet. */
export async function keepBackup(swarm: Swarm, source: string, { output, passphrase }: Omit<BackupOptions, 'force'> = {}): Promise<string> {
  const { session, record } = swarm;
  const member = swarm.reached(source);
  const { membership } = member;
  const { autolock } = await readRaft(session, member);
  session.io.progress(`Saving the state of ${source} while its engine is stopped`);
  const state = await saveRaft(session, member);
  const takenAt = new Date();
  const manifest: BackupManifest = {
    version: 1,
    kind: 'swarm-backup',
    writtenBy: `tsmachine ${packageVersion()}`,
    takenAt: takenAt.toISOString(),
    swarm: swarm.name,
    cluster: record.cluster ?? '',
    machine: source,
    node: membership.nodeId ?? '',
    address: membership.address ?? '',
    engineVersion: membership.engineVersion,
    autolock,
    members: record.members,
  };
  const { seal, manifestName } = await import('../../transfer/archive/archive.js');
  const bytes = await seal(backupEntries(manifest, state, manifestName), { modified: takenAt, passphrase });
  const file = output === undefined ? await ownFile(swarm, takenAt) : resolve(output);
  await writeAtomic(file, bytes, 0o600);
  await waitUntilAwake(swarm, source);
  return file;
}

/** Waits until the engine answers as a manager again, and unlocks it if it is locked. */
export async function waitUntilAwake(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const state = await waitFor(
    async () => {
      const { engine } = swarm.reached(name);
      const membership = await membershipOf(engine).catch((error: unknown) => {
        if (TsmachineError.is(error) && error.code === 'ENGINE_UNREACHABLE') return undefined;
        throw error;
      });
      if (membership?.state === 'error')
        throw new TsmachineError('SWARM_STATE', `${name}: ${membership.error ?? 'its engine cannot take part in the swarm'}`);
      return membership?.state === 'locked' || membership?.control === true ? membership.state : undefined;
    },
    { timeout: returnTimeout, maxInterval: 300, signal, what: `${name} to be a manager again` },
  );
  if (state === 'locked') await unlockMember(swarm, name);
}

function chooseSource(swarm: Swarm, given: string | undefined): string {
  const managers = swarm.managers;
  const named = managers.find(({ name }) => name === given);
  if (named) return named.name;
  const isReady = ({ name }: Reached) => swarm.nodeOf(name)?.reachability === 'reachable';
  const source = managers.find((manager) => isReady(manager) && swarm.nodeOf(manager.name)?.leader !== true) ?? managers.find(isReady);
  if (source) return source.name;
  throw swarm.whyNoManager();
}

function refuseQuorumLoss(swarm: Swarm, source: string, force: boolean): void {
  const now = managersAmong(swarm.nodes);
  const meanwhile = withOneDown(now);
  if (hasQuorum(meanwhile)) return;
  const message = `Swarm "${swarm.name}" has no quorum while ${source} is stopped: ${inNumbers(meanwhile)} (now ${inNumbers(now)})`;
  if (!force) {
    throw new TsmachineError('SWARM_QUORUM', message, {
      hint:
        'Use at least three managers. Or add --force: for some seconds nothing can be changed in the swarm, ' +
        'but services keep running on the other nodes',
    });
  }
  swarm.session.io.warn(message);
}

async function waitUntilBack(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const {
    membership: { nodeId: id },
  } = await swarm.lookAt(name);
  const beside = swarm.managers.find((other) => other.name !== name) ?? swarm.reached(name);
  if (id !== undefined) await waitUntilSeen(patient(beside.engine, signal), { machine: name, id, role: 'manager', signal });
}

async function ownFile(
  {
    name,
    session: {
      store: { swarms },
    },
  }: Swarm,
  takenAt: Date,
): Promise<string> {
  const folder = swarms.backupsDir(name);
  await makePrivateDir(folder);
  return join(folder, `${takenAt.toISOString().replace(/[:.]/g, '-')}.tsm`);
}
