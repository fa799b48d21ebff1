import { stat } from 'node:fs/promises';

import type { End } from './end.js';
import { LocalEnd } from './local-end.js';
import { size } from '../system/http/meter.js';
import { parsePlace, type Place } from './place.js';
import { RemoteEnd, remotePath } from './remote-end.js';
import { copy, type CopyRequest } from './transfer.js';
import { rsyncArguments, type RemoteTarget } from '../ssh/system/rsync-sshfs.js';
import type { FileConnection } from '../ssh/types.js';
import { runForeground } from '../system/processes/foreground.js';
import { connectForData, connectTo } from '../machine/access/connection.js';
import type { Outcome } from '../machine/choose/each.js';
import { throwFailures } from '../machine/choose/failures.js';
import { TsmachineError } from '../base/errors.js';
import { quiet } from '../base/io.js';
import type { Machine } from '../machine/machine.js';
import { machineOfPath, systemLogin } from '../machine/access/reachable.js';
import type { Session } from '../machine/session.js';

export interface CopyOptions {
  readonly recursive?: boolean;
  readonly quiet?: boolean;
  /** By rsync: only what differs, and continuing where an interrupted copy stopped. */
  readonly delta?: boolean;
  /** Only by the built-in client. */
  readonly native?: boolean;
}

/** From this many bytes on, the speed of the system's ssh outweighs the time of its login. */
const largeSize = 16 * 2 ** 20;

/**
 * Copies between this computer and machines, or between machines through this computer. Modes and times are kept.
 * @param from one source or several, and
 * @param to as typed: `[[user@]machine:]path`. Patterns in a source on a machine (`*`, `?`, `[a-z]`) are expanded there. Several files go
 * into a folder.
 * @returns the exit status: 0, or rsync's
 * @throws TsmachineError USAGE, MACHINE_*, SSH_*, COPY_*, DISK_FULL, HOST_DISK_FULL, COMMAND_MISSING, SEVERAL_FAILED
 */
export async function copyFiles(
  session: Session,
  from: string | readonly string[],
  to: string,
  options: CopyOptions = {},
): Promise<number> {
  const words = typeof from === 'string' ? [from] : from;
  const route: Route = { sources: words.map((word) => parsePlace(word)), target: parsePlace(to) };
  if ([...route.sources, route.target].every(({ machine }) => machine === undefined)) {
    const all = [...words, to].map((word) => JSON.stringify(word));
    throw new TsmachineError('USAGE', `Neither ${all.slice(0, -1).join(', ')} nor ${all.at(-1) ?? ''} is on a machine`, {
      hint: 'Write one of them as MACHINE:PATH; local files are copied with cp',
    });
  }
  const machines = await openMachines(session, [...route.sources, route.target]);
  return options.delta ? copyDelta(session, route, machines, options) : copyStream(session, route, machines, options);
}

interface Route {
  readonly sources: readonly Place[];
  readonly target: Place;
}

type Machines = ReadonlyMap<string, Machine>;

/** Both machines are checked before anything is connected, so that a mistake in one shows at once. */
async function openMachines(session: Session, places: readonly Place[]): Promise<Machines> {
  const machines = new Map<string, Machine>();
  for (const { machine: name } of places) {
    if (name === undefined || machines.has(name)) continue;
    const machine = await machineOfPath(session, name);
    await systemLogin(session, machine);
    machines.set(name, machine);
  }
  return machines;
}

function machineAt(machines: Machines, name: string): Machine {
  const machine = machines.get(name);
  if (machine === undefined) throw new TsmachineError('INTERNAL', `${name} was not opened`);
  return machine;
}

async function copyStream(session: Session, { sources, target }: Route, machines: Machines, options: CopyOptions): Promise<number> {
  const io = options.quiet ? quiet(session.io) : session.io;
  const connections: FileConnection[] = [];
  const ends = new Map<string, End>();
  const open = options.native || (await areSmall(sources)) ? connectTo : connectForData;
  /** One connection for all places on a machine. */
  const endOf = async ({ machine, user }: Place): Promise<End> => {
    const key = `${user ?? ''}@${machine ?? ''}`;
    const known = ends.get(key);
    if (known !== undefined) return known;
    if (machine === undefined) {
      const local = new LocalEnd(io);
      ends.set(key, local);
      return local;
    }
    const connection = await open({ ...session, io }, machineAt(machines, machine), { user });
    connections.push(connection);
    const remote = new RemoteEnd(connection, machine, io);
    ends.set(key, remote);
    return remote;
  };
  try {
    const to = { end: await endOf(target), path: target.path };
    const all: CopyRequest['from'][] = [];
    for (const source of sources) {
      const end = await endOf(source);
      for (const path of (await end.expand?.(source.path)) ?? [source.path]) all.push({ end, path });
    }
    if (all.length > 1) await requireFolder(to);
    const done = { bytes: 0, milliseconds: 0 };
    const outcomes = await onEachInTurn(all, async (from) => {
      const { bytes, milliseconds } = await copy({ from, to, recursive: options.recursive === true, io, signal: session.signal });
      done.bytes += bytes;
      done.milliseconds += milliseconds;
    });
    const seconds = done.milliseconds / 1000;
    if (outcomes.some((outcome) => !('error' in outcome)))
      io.info(`Copied ${size(done.bytes)} in ${seconds.toFixed(1)} s, ${size(done.bytes / Math.max(seconds, 0.001))}/s`);
    throwFailures(outcomes);
    return 0;
  } finally {
    for (const connection of connections) await connection.close();
  }
}

/** As scp does, one source that cannot be read does not keep the others from being copied; anything else ends the copy. */
async function onEachInTurn(
  all: readonly CopyRequest['from'][],
  work: (from: CopyRequest['from']) => Promise<void>,
): Promise<Outcome<void>[]> {
  const outcomes: Outcome<void>[] = [];
  for (const from of all) {
    const name = from.end.name(from.path);
    try {
      outcomes.push({ name, value: await work(from) });
    } catch (error) {
      if (!TsmachineError.is(error) || error.code !== 'COPY_SOURCE') throw error;
      outcomes.push({ name, error });
    }
  }
  return outcomes;
}

async function requireFolder({ end, path }: CopyRequest['to']): Promise<void> {
  if ((await end.inspect(path)).kind === 'folder') return;
  throw new TsmachineError('COPY_TARGET', `${end.name(path)} is not a folder that exists, and several files cannot become one`, {
    hint: 'Make the folder first, or choose another target',
  });
}

/** Whether it is known that there is little to copy. */
async function areSmall(places: readonly Place[]): Promise<boolean> {
  for (const place of places) if (!(await isSmall(place))) return false;
  return true;
}

async function isSmall({ machine, path }: Place): Promise<boolean> {
  if (machine !== undefined) return false;
  const found = await stat(path).catch(() => undefined); // the copy itself reports what is wrong with it
  return found === undefined || (found.isFile() && found.size < largeSize);
}

async function copyDelta(session: Session, { sources, target }: Route, machines: Machines, options: CopyOptions): Promise<number> {
  const { env, signal } = session;
  const [first] = sources;
  if (
    sources.some(
      ({ machine, user }) => (machine !== undefined && target.machine !== undefined) || machine !== first?.machine || user !== first?.user,
    )
  ) {
    throw new TsmachineError('USAGE', '--delta copies between this computer and one machine, not between two machines', {
      hint: 'Leave out --delta, or copy to this computer first',
    });
  }
  const side = async ({ machine: name, user, path }: Place): Promise<string | RemoteTarget> => {
    if (name === undefined) return path;
    return { ...(await systemLogin(session, machineAt(machines, name), user)), path: remotePath(path) };
  };
  const args = rsyncArguments(await Promise.all(sources.map(side)), await side(target), { ...options, env });
  const status = await runForeground('rsync', args, { signal, env });
  if (status !== undefined) return status;
  throw new TsmachineError('COMMAND_MISSING', 'You must have a copy of the rsync binary locally to use the --delta option', {
    hint: 'Install rsync here and on the machine, or leave out --delta',
  });
}
