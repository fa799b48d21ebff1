import { createHash } from 'node:crypto';

import { closeJournal, readJournal, writeJournal, type Journal, type Step } from '../store/journal.js';
import type { HostConfig } from '../store/config/schema.js';
import { TsmachineError } from '../base/errors.js';
import { run, say } from '../base/text.js';
import type { FlagValues } from '../base/flags.js';
import { readLedger } from '../store/ledger.js';
import { loadDriverModule } from './access/driver-registry.js';
import { refuseOtherCase } from './choose/names.js';
import { undoCreate } from './remove.js';
import { differingFlags } from './request/differences.js';
import type { Session } from './session.js';

/** A name that is reserved in the store, with the journal of what has been done for its machine. */
export class Reservation {
  readonly #file: string;
  #journal: Journal;
  /** Whether this run continues one that was interrupted. */
  readonly resumed: boolean;

  constructor(file: string, journal: Journal, resumed: boolean) {
    this.#file = file;
    this.#journal = journal;
    this.resumed = resumed;
  }

  has(step: Step): boolean {
    return this.#journal.done.includes(step);
  }

  /** The last finished step. */
  get last(): Step | undefined {
    return this.#journal.done.at(-1);
  }

  /** Records on disk that a step is finished. */
  async done(step: Step): Promise<void> {
    if (this.has(step)) return;
    this.#journal = { ...this.#journal, done: [...this.#journal.done, step] };
    await writeJournal(this.#file, this.#journal);
  }

  /** Runs a step unless an earlier run finished it. */
  async once(step: Step, work: () => Promise<void>): Promise<void> {
    if (this.has(step)) return;
    await work();
    await this.done(step);
  }

  async close(): Promise<void> {
    await closeJournal(this.#file);
  }
}

/** What is reserved, and for which request. */
interface Wanted {
  readonly config: HostConfig;
  /** The driver's flags, to name those that an interrupted create had otherwise. */
  readonly flags: FlagValues;
  /** What to type to repeat the request; kept in the journal. */
  readonly command?: readonly string[] | undefined;
}

/** Refuses the name of a machine that is finished. @throws TsmachineError MACHINE_EXISTS */
export async function refuseExisting({ store }: Session, name: string): Promise<void> {
  await refuseOtherCase(store, name);
  // an empty folder was left by a run that was killed between its first two steps: the name is free
  if (!(await store.exists(name)) || (await store.isEmpty(name)) || (await readJournal(store.machine(name).journal))) return;
  throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${name}" already exists`, {
    hint: say`Look at it: ${run('inspect', name)}. Remove it: ${run('rm', name)}`,
  });
}

/**
 * Reserves the name, or finds the reservation that an interrupted `create` left. The caller holds the machine's lock.
 * The journal is written before config.json: a folder with a configuration and no journal is a finished machine. One that was interrupted
 * before it had made anything begins anew when the request has changed.
 * @throws TsmachineError MACHINE_EXISTS, MACHINE_DIFFERS when the interrupted create had other settings
 */
export async function reserve(session: Session, { config, flags, command }: Wanted): Promise<Reservation> {
  const { store } = session;
  const name = config.Name;
  const request = digest(config);
  const paths = store.machine(name);
  await refuseExisting(session, name);
  const found = await readJournal(paths.journal);
  if (found?.request === request) return new Reservation(paths.journal, found, true);
  if (found) {
    const differing = await differences(session, found, { config, flags });
    if (await hasMadeSomething(session, name, found)) throw differsError(name, found, differing);
    await undoCreate(session, name);
    session.io.info(`Starting the creation of ${name} over with other settings${differing}`);
  }
  await store.reserve(name);
  const journal: Journal = {
    version: 1,
    operation: 'create',
    driver: config.DriverName,
    request,
    startedAt: new Date().toISOString(),
    done: [],
    ...(command ? { command } : {}),
  };
  await writeJournal(paths.journal, journal);
  return new Reservation(paths.journal, journal, false);
}

/** As the end of a sentence. Before step "reserved" the settings are not on disk. */
async function differences(session: Session, found: Journal, { config, flags }: Wanted): Promise<string> {
  if (!found.done.includes('reserved')) return '';
  const names = await differingFlags(session, config, flags);
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

/** Whether a machine was made, or a host of somebody else's changed: until then nothing is lost by starting over. */
async function hasMadeSomething(session: Session, name: string, { done, driver }: Journal): Promise<boolean> {
  const { features } = await loadDriverModule(driver, session);
  if (!features.ownsHost) return done.includes('detected');
  return done.includes('created') || ((await readLedger(session.store.machine(name).ledger))?.entries.length ?? 0) > 0;
}

function differsError(name: string, { driver }: Journal, differing: string): TsmachineError {
  const message = `The creation of ${name} was interrupted, and its settings were not those of this command${differing}`;
  return new TsmachineError('MACHINE_DIFFERS', message, {
    hint: say`Repeat it with its settings (driver ${driver}) to finish it, or start over: ${run('rm', '-y', name)}`,
  });
}

/**
 * Two creates are the same request when they result in the same configuration, wherever the store is. The containers of a classic swarm
 * are the last step and are replaced when they differ, so they may differ here too.
 */
function digest(config: HostConfig): string {
  const { AuthOptions: auth, SwarmOptions: _swarm, ...options } = config.HostOptions;
  const wanted = { driver: config.DriverName, data: { ...config.Driver, StorePath: '' }, options, sans: auth.ServerCertSANs };
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
}
