import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

import type { SshConnection } from '../../ssh/types.js';
import type { RaftState } from './survivor.js';
import { connectTo } from '../../machine/access/connection.js';
import { TsmachineError, errorText, messageOf } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { parseJson } from '../../base/json.js';
import type { Session } from '../../machine/session.js';
import type { Reached } from '../reach/swarm.js';
import { readSavedState } from './saved-state.js';

/** Milliseconds for stopping an engine, saving or restoring its state, and starting it again. */
const stateTimeout = 300_000;
/** Bytes of a saved state: it is held in memory. */
const largest = 2 ** 31;

/** What an engine has on disk about its swarm: docker-state.json of moby's daemon/cluster, and the raft log. */
export interface SwarmState extends RaftState {
  /** Whether its keys are locked with the swarm's unlock key. */
  readonly autolock: boolean;
  readonly listenAddr?: string;
  readonly dataPathPort?: number;
}

/** Reads the swarm state of a machine's engine without stopping it. @throws TsmachineError SWARM_STATE when it has none, SSH_*, SUDO_* */
export async function readRaft(session: Session, member: Reached): Promise<SwarmState> {
  return connected(session, member, async (connection) => {
    const facts = await runState(connection, member, { DO: 'describe' });
    const { ListenAddr, DataPathPort } = configOf(facts.get('config') ?? '{}', member);
    const [, segment = '0'] = /-([0-9a-f]+)\.wal$/.exec(facts.get('wal') ?? '') ?? [];
    return {
      autolock: facts.get('autolock') === 'yes',
      ...(typeof ListenAddr === 'string' && ListenAddr !== '' ? { listenAddr: ListenAddr } : {}),
      ...(typeof DataPathPort === 'number' && DataPathPort > 0 ? { dataPathPort: DataPathPort } : {}),
      index: parseInt(segment, 16),
      used: Number(facts.get('used') ?? 0),
      changed: Number(facts.get('changed') ?? 0),
    };
  });
}

/**
 * The swarm state of a machine's engine as a tar.gz, saved while the engine is stopped. The engine is started again in any case, even when
 * the connection is lost meanwhile.
 * @throws TsmachineError ARCHIVE_INVALID when what arrived is not such a state, SWARM_STATE, ENGINE_START, SSH_*, SUDO_*
 */
export async function saveRaft(session: Session, member: Reached): Promise<Buffer> {
  return connected(session, member, async (connection) => {
    const { name } = member;
    const saved = await runState(connection, member, { DO: 'save', OWNER: connection.user });
    const folder = saved.get('folder') ?? '';
    const size = Number(saved.get('size'));
    const { RemoteEnd } = await import('../../copy/remote-end.js');
    const { quote } = await import('../../base/quote.js');
    try {
      if (size > largest) throw new TsmachineError('SWARM_STATE', `The swarm state of ${name} is too large to save: ${size} bytes`);
      const end = new RemoteEnd(connection, name, session.io);
      const state = await buffer(await end.readFile(`${folder}/swarm.tar.gz`, size));
      if (state.length !== size) {
        throw new TsmachineError('SWARM_STATE', `${name} sent ${state.length} bytes of its swarm state, not ${size}`);
      }
      await readSavedState(state, name, session.signal);
      return state;
    } finally {
      if (!connection.closed) {
        await connection.exec(`rm -rf ${quote(folder)}`, { signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
          session.io.warn(say`${folder} on ${name} holds keys and could not be removed: ${messageOf(error)}`);
        });
      }
    }
  });
}

/**
 * Unpacks a saved state beside the engine's own, which stays in force until `placeRaft`.
 * @throws TsmachineError SWARM_STATE, SSH_*, SUDO_*
 */
export async function unpackRaft(session: Session, member: Reached, saved: Buffer): Promise<void> {
  await connected(session, member, async (connection) => {
    const archive = `/var/tmp/tsmachine-swarm-${randomUUID()}.tar.gz`;
    await connection.upload(archive, saved, 0o600);
    await runState(connection, member, { DO: 'unpack', ARCHIVE: archive });
  });
}

/** Removes what `unpackRaft` left: it holds the keys of a swarm. */
export async function discardRaft(session: Session, member: Reached): Promise<void> {
  await connected(session, member, (connection) => runState(connection, member, { DO: 'discard' }));
}

/**
 * Replaces the engine's state by the one that `unpackRaft` unpacked, and starts the engine with it. The host must have the address of the
 * host that was saved.
 * @throws TsmachineError SWARM_STATE, ENGINE_START, SSH_*, SUDO_*
 */
export async function placeRaft(session: Session, member: Reached): Promise<void> {
  await connected(session, member, (connection) => runState(connection, member, { DO: 'place' }));
}

async function connected<T>(session: Session, { machine }: Reached, use: (connection: SshConnection) => Promise<T>): Promise<T> {
  const connection = await connectTo(session, machine);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

const failures: Readonly<Record<number, string>> = {
  40: 'has no swarm state on disk',
  41: 'cannot stop its engine',
  42: 'cannot restart its engine',
  43: 'cannot save or restore the swarm state',
};

async function runState(
  connection: SshConnection,
  { name, membership: { storage = '' } }: Reached,
  variables: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const { exitCode, stdout, stderr } = await connection.rootScript(
    'swarm/state.sh',
    { ROOT: storage, ...variables },
    {
      timeout: stateTimeout,
      ok: [0, 40, 41, 42, 43],
    },
  );
  if (exitCode !== 0) {
    const reason = stderr.trim().split('\n').slice(-3).join('\n');
    throw new TsmachineError(
      exitCode === 42 ? 'ENGINE_START' : 'SWARM_STATE',
      `${name} ${failures[exitCode] ?? 'fails'}${reason === '' ? '' : `: ${reason}`}`,
      {
        hint: run('ssh', name, 'journalctl', '-u', 'docker', '-n', '20'),
      },
    );
  }
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const at = line.indexOf('|');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

function configOf(text: string, { name }: Reached): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parseJson(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw new TsmachineError('SWARM_STATE', `docker-state.json on ${name} cannot be read: ${errorText(error)}`, { cause: error });
  }
}
