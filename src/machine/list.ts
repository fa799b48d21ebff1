import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { atMost } from '../system/at-most.js';
import type { EngineTarget } from '../docker/client.js';
import { readJournal } from '../store/journal.js';
import type { HostConfig, HostOptions } from '../store/config/schema.js';
import type { State } from '../base/machine.js';
import { swarmUrl } from '../store/config/swarm-address.js';
import { engineTarget, readingOnce, type ReadPem } from './engine/engine.js';
import { TsmachineError, errorText, messageOf } from '../base/errors.js';
import { evaluate, plain, run, say } from '../base/text.js';
import { LookTogether } from './look-together.js';
import { attachDriver, type Machine } from './machine.js';
import { byNaturalOrder, matches, stateMatches, swarmMasters, parseFilters, type Filters } from './choose/selection.js';
import type { Session } from './session.js';

/** How many machines are asked at once: each may hold a few sockets, and shells commonly allow 1024 open files. */
const machinesAtOnce = 200;

/** Milliseconds for each machine, as in Docker Machine. */
const defaultTimeout = 10_000;

export interface MachineRow {
  readonly name: string;
  readonly driverName: string;
  /** A state word; empty for None. */
  readonly state: string;
  readonly url: string;
  readonly dockerVersion: string;
  readonly error: string;
  readonly swarm: string;
  readonly activeHost: boolean;
  readonly activeSwarm: boolean;
  /** Milliseconds until everything in the row was known. */
  readonly responseMs: number;
  /** From config.json; absent where that cannot be read. */
  readonly options?: Pick<HostOptions, 'EngineOptions' | 'SwarmOptions'>;
}

export interface ListOptions {
  /** Milliseconds for each machine; default 10 000. */
  readonly timeoutMs?: number;
  /** As `parseFilters` reads them; default: every machine. */
  readonly filters?: Filters;
}

interface Entry {
  readonly name: string;
  readonly config?: HostConfig;
  readonly interrupted?: string;
  readonly error?: string;
}

/** Every machine, in natural order. A machine that cannot be read is a row with an error; it does not fail the listing. */
export async function listMachines(
  session: Session,
  { timeoutMs = defaultTimeout, filters = parseFilters([]) }: ListOptions = {},
): Promise<MachineRow[]> {
  const entries = await readEntries(session);
  const configs = entries.flatMap((entry) => entry.config ?? []);
  const masters = swarmMasters(configs);
  const wanted = entries.filter((entry) => !entry.config || matches(entry.config, filters, masters));
  const limit = atMost(machinesAtOnce);
  const read = readingOnce();
  const over = new AbortController();
  const inUse = dockerHostInUse(session);
  const bounded: Session = { ...session, signal: AbortSignal.any([session.signal, over.signal]) };
  const together = new LookTogether(
    bounded,
    wanted.flatMap((entry) => entry.config ?? []),
  );
  try {
    const rows = await Promise.all(
      wanted.map((entry) => limit(() => rowOf(session, entry, { masters, timeoutMs, read, together, inUse }))),
    );
    return rows.filter((row) => !isReadable(row) || stateMatches(stateOf(row.state), filters)).sort(byNaturalOrder);
  } finally {
    over.abort(); // what answers too late is not waited for
  }
}

/** Names only, in byte-wise order. Machines are asked for their state only when a filter needs it. */
export async function listNames(
  session: Session,
  { timeoutMs = defaultTimeout, filters = parseFilters([]) }: ListOptions = {},
): Promise<string[]> {
  if (filters.state.length > 0) {
    const rows = await listMachines(session, { timeoutMs, filters });
    return rows
      .filter(isReadable)
      .map((row) => row.name)
      .sort();
  }
  const entries = await readEntries(session);
  const masters = swarmMasters(entries.flatMap((entry) => entry.config ?? []));
  return entries.flatMap((entry) => (entry.config && matches(entry.config, filters, masters) ? [entry.name] : []));
}

/** Shown in place of the driver's name: Docker Machine's two words, which scripts look for (docs/compatibility.md: `ls`). */
const instead = { unreadableConfig: 'not found', missingDriver: 'not-found' };

/** Whether the machine's config.json could be read; without it nothing is known but the name. */
export function isReadable(row: Pick<MachineRow, 'options'>): boolean {
  return row.options !== undefined;
}

async function readEntries(session: Session): Promise<Entry[]> {
  const limit = atMost(machinesAtOnce);
  const names = await session.store.names();
  return Promise.all(names.map((name) => limit(() => readEntry(session, name))));
}

async function readEntry(session: Session, name: string): Promise<Entry> {
  try {
    const { config } = await session.store.load(name);
    const file = session.store.machine(name).journal;
    // to look for a thousand missing files is faster by a tenth of a second than to try to open them
    const journal = existsSync(file) ? await readJournal(file) : undefined;
    return journal ? { name, config, interrupted: journal.done.at(-1) ?? 'none' } : { name, config };
  } catch (error) {
    return { name, error: oneLine(error) };
  }
}

/** What all rows of one listing share. */
interface Listing {
  readonly masters: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
  readonly read: ReadPem;
  readonly together: LookTogether;
  /** The address that docker uses here; it never fails. */
  readonly inUse: Promise<string>;
}

async function rowOf(session: Session, entry: Entry, { masters, timeoutMs, read, together, inUse }: Listing): Promise<MachineRow> {
  const started = performance.now();
  if (!entry.config) return { ...blank, name: entry.name, driverName: instead.unreadableConfig, state: 'Error', error: entry.error ?? '' };
  const { config } = entry;
  const over = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: over.signal }).then(
    (): Partial<MachineRow> => ({ state: 'Timeout', responseMs: timeoutMs }),
    () => ({}),
  );
  try {
    const inTime: Session = { ...session, signal: AbortSignal.any([session.signal, over.signal]) };
    const facts = await Promise.race([ask(inTime, config, { read, together }), late]);
    const base = { ...blank, name: entry.name, driverName: config.DriverName, options: config.HostOptions, ...facts };
    if (base.state === 'Timeout') return base;
    const responseMs = Math.round(performance.now() - started);
    return { ...base, ...swarmOf(config, masters), ...activity(await inUse, config, base), ...unfinished(entry, base), responseMs };
  } finally {
    over.abort();
  }
}

const blank: Omit<MachineRow, 'name' | 'driverName'> = {
  state: '',
  url: '',
  dockerVersion: '',
  error: '',
  swarm: '',
  activeHost: false,
  activeSwarm: false,
  responseMs: 0,
};

async function ask(
  session: Session,
  config: HostConfig,
  { read, together }: Pick<Listing, 'read' | 'together'>,
): Promise<Partial<MachineRow>> {
  let machine: Machine;
  try {
    machine = await attachDriver(session, config);
  } catch (error) {
    return { driverName: instead.missingDriver, state: 'Error', dockerVersion: 'Unknown', error: oneLine(error) };
  }
  try {
    const { state, dockerUrl: url = '', why } = await together.look(machine);
    const unwell = why && why.code !== 'stopped' ? { error: plain(why.text) } : {};
    if (state !== 'Running') return { state: state === 'None' ? '' : state, ...unwell };
    return { state, url, ...(url === '' ? {} : await askEngine(session, engineTarget(config, url, read))) };
  } catch (error) {
    return { state: 'Error', error: oneLine(error) };
  }
}

async function askEngine(session: Session, target: Promise<EngineTarget>): Promise<Pick<MachineRow, 'dockerVersion' | 'error'>> {
  try {
    // awaited together, since the target may fail before the import is done
    const [{ openEngine }, at] = await Promise.all([import('../docker/client.js'), target]);
    const engine = openEngine(at, { signal: session.signal });
    try {
      return { dockerVersion: `v${(await engine.version()).Version}`, error: '' };
    } finally {
      engine.close();
    }
  } catch (error) {
    return { dockerVersion: 'Unknown', error: `Unable to query docker version: ${oneLine(error)}` };
  }
}

function swarmOf(config: HostConfig, masters: ReadonlyMap<string, string>): Pick<MachineRow, 'swarm'> {
  const swarm = config.HostOptions.SwarmOptions;
  const master = masters.get(swarm.Discovery);
  if (master === undefined) return { swarm: '' };
  return { swarm: swarm.Master ? `${master} (master)` : master };
}

/**
 * The address that a docker client uses here: DOCKER_HOST, else that of the context which DOCKER_CONTEXT names or which is in use.
 * @returns an empty string for docker's default, and where docker's own configuration cannot be read
 */
async function dockerHostInUse(session: Session): Promise<string> {
  const { DOCKER_HOST: host = '', DOCKER_CONTEXT: named } = session.env;
  if (host !== '') return host;
  try {
    const { contextsOf } = await import('./context.js');
    const contexts = contextsOf(session);
    const name = named || (await contexts?.current());
    return name === undefined ? '' : ((await contexts?.find(name))?.host ?? '');
  } catch (error) {
    session.io.debug(say`The docker context in use is not known: ${messageOf(error)}`);
    return '';
  }
}

/** A machine is active when docker uses its address; a classic swarm's master also with the swarm's port. */
function activity(dockerHost: string, config: HostConfig, row: MachineRow): Pick<MachineRow, 'activeHost' | 'activeSwarm'> {
  if (row.state !== 'Running' || dockerHost === '') return { activeHost: false, activeSwarm: false };
  const swarm = config.HostOptions.SwarmOptions;
  return { activeHost: row.url === dockerHost, activeSwarm: swarm.Master && swarmUrl(row.url, swarm.Host) === dockerHost };
}

function unfinished(entry: Entry, row: MachineRow): Partial<MachineRow> {
  if (entry.interrupted === undefined) return {};
  const message = `Creation stopped after step "${entry.interrupted}": run it again, or ${plain(run('rm', entry.name))}`;
  return { error: row.error === '' ? message : `${message}; ${row.error}` };
}

function stateOf(word: string): State {
  return (word === '' ? 'None' : word) as State;
}

function oneLine(error: unknown): string {
  return errorText(error)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/**
 * The name of the machine that docker uses, by DOCKER_HOST of the session's environment or by its context.
 * @throws TsmachineError NO_ACTIVE_MACHINE
 */
export async function activeMachine(session: Session, options: Pick<ListOptions, 'timeoutMs'> = {}): Promise<string> {
  const rows = await listMachines(session, options);
  const active = rows.find((row) => row.activeHost || row.activeSwarm);
  if (active) return active.name;
  const late = rows.some((row) => row.state === 'Timeout');
  throw new TsmachineError('NO_ACTIVE_MACHINE', late ? 'Error getting active host: timeout' : 'No active host found', {
    hint: say`${evaluate('env', 'NAME')} makes a machine the active one`,
  });
}
