import { stat } from 'node:fs/promises';

import type { End } from './end.js';
import { LocalEnd } from './local-end.js';
import { size } from '../system/http/meter.js';
import { parsePlace, type Place } from './place.js';
import { RemoteEnd, remotePath } from './remote-end.js';
import { copy } from './transfer.js';
import { rsyncArguments, type RemoteTarget } from '../ssh/system/rsync-sshfs.js';
import type { FileConnection } from '../ssh/types.js';
import { runForeground } from '../system/processes/foreground.js';
import { connectForData, connectTo } from '../machine/access/connection.js';
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
 * Copies between this computer and a machine, or between two machines through this computer. Modes and times are kept.
 * @param from, to as typed: `[[user@]machine:]path`
 * @returns the exit status: 0, or rsync's
 * @throws TsmachineError USAGE, MACHINE_*, SSH_*, COPY_*, DISK_FULL, HOST_DISK_FULL, COMMAND_MISSING
 */
export async function copyFiles(session: Session, from: string, to: string, options: CopyOptions = {}): Promise<number> {
  const places = [parsePlace(from), parsePlace(to)] as const;
  if (places.every(({ machine }) => machine === undefined)) {
    throw new TsmachineError('USAGE', `Neither ${JSON.stringify(from)} nor ${JSON.stringify(to)} is on a machine`, {
      hint: 'Write one of them as MACHINE:PATH; local files are copied with cp',
    });
  }
  const machines = await openMachines(session, places);
  return options.delta ? copyDelta(session, places, machines, options) : copyStream(session, places, machines, options);
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

async function copyStream(session: Session, places: readonly [Place, Place], machines: Machines, options: CopyOptions): Promise<number> {
  const io = options.quiet ? quiet(session.io) : session.io;
  const connections: FileConnection[] = [];
  const ends = new Map<string, End>();
  const open = options.native || (await isSmall(places[0])) ? connectTo : connectForData;
  try {
    for (const { machine, user } of places) {
      const key = `${user ?? ''}@${machine ?? ''}`;
      if (ends.has(key)) continue; // one connection for both sides
      if (machine === undefined) {
        ends.set(key, new LocalEnd(io));
        continue;
      }
      const connection = await open({ ...session, io }, machineAt(machines, machine), { user });
      connections.push(connection);
      ends.set(key, new RemoteEnd(connection, machine, io));
    }
    const [from, to] = places.map(({ machine, user, path }) => ({ end: ends.get(`${user ?? ''}@${machine ?? ''}`), path }));
    if (from?.end === undefined || to?.end === undefined) throw new TsmachineError('INTERNAL', 'A copy without two ends');
    const { bytes, milliseconds } = await copy({
      from: { end: from.end, path: from.path },
      to: { end: to.end, path: to.path },
      recursive: options.recursive === true,
      io,
      signal: session.signal,
    });
    const seconds = milliseconds / 1000;
    io.info(`Copied ${size(bytes)} in ${seconds.toFixed(1)} s, ${size(bytes / Math.max(seconds, 0.001))}/s`);
    return 0;
  } finally {
    for (const connection of connections) await connection.close();
  }
}

/** Whether it is known that there is little to copy. */
async function isSmall({ machine, path }: Place): Promise<boolean> {
  if (machine !== undefined) return false;
  const found = await stat(path).catch(() => undefined); // the copy itself reports what is wrong with it
  return found === undefined || (found.isFile() && found.size < largeSize);
}

async function copyDelta(session: Session, places: readonly [Place, Place], machines: Machines, options: CopyOptions): Promise<number> {
  const { env, signal } = session;
  if (places.every(({ machine }) => machine !== undefined)) {
    throw new TsmachineError('USAGE', '--delta copies between this computer and one machine, not between two machines', {
      hint: 'Leave out --delta, or copy to this computer first',
    });
  }
  const side = async ({ machine: name, user, path }: Place): Promise<string | RemoteTarget> => {
    if (name === undefined) return path;
    return { ...(await systemLogin(session, machineAt(machines, name), user)), path: remotePath(path) };
  };
  const args = rsyncArguments(await side(places[0]), await side(places[1]), { ...options, env });
  const status = await runForeground('rsync', args, { signal, env });
  if (status !== undefined) return status;
  throw new TsmachineError('COMMAND_MISSING', 'You must have a copy of the rsync binary locally to use the --delta option', {
    hint: 'Install rsync here and on the machine, or leave out --delta',
  });
}
