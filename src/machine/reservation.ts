import { createHash } from 'node:crypto';

import { closeJournal, readJournal, writeJournal, type Journal, type Step } from '../store/journal.js';
import type { HostConfig } from '../store/config/schema.js';
import { TsmachineError } from '../base/errors.js';
import { refuseOtherCase } from './choose/names.js';
import type { Session } from './session.js';

/** A name taken in the store, with the journal of how far its machine has come. */
export class Reservation {
  readonly #file: string;
  #journal: Journal;
  /** True when an earlier run was interrupted and this one goes on. */
  readonly resumed: boolean;

  constructor(file: string, journal: Journal, resumed: boolean) {
    this.#file = file;
    this.#journal = journal;
    this.resumed = resumed;
  }

  has(step: Step): boolean {
    return this.#journal.done.includes(step);
  }

  /** The last step that is done. */
  get last(): Step | undefined {
    return this.#journal.done.at(-1);
  }

  /** Writes to disk that a step is done. */
  async done(step: Step): Promise<void> {
    if (this.has(step)) return;
    this.#journal = { ...this.#journal, done: [...this.#journal.done, step] };
    await writeJournal(this.#file, this.#journal);
  }

  /** Runs a step that must not be repeated unless it was interrupted. */
  async once(step: Step, work: () => Promise<void>): Promise<void> {
    if (this.has(step)) return;
    await work();
    await this.done(step);
  }

  async close(): Promise<void> {
    await closeJournal(this.#file);
  }
}

/**
 * Takes the name, or finds the reservation that an interrupted `create` left. The caller holds the machine's lock.
 * The journal is written before config.json: a folder with a configuration and no journal is a finished machine.
 * @param command what to type to repeat the request; kept in the journal
 * @throws TsmachineError MACHINE_EXISTS, MACHINE_DIFFERS when the interrupted create had other settings
 */
export async function reserve(session: Session, config: HostConfig, command?: readonly string[]): Promise<Reservation> {
  const { store } = session;
  const name = config.Name;
  const request = digest(config);
  const paths = store.machine(name);
  await refuseOtherCase(store, name);
  const found = await readJournal(paths.journal);
  if (found && found.request !== request) {
    throw new TsmachineError('MACHINE_DIFFERS', `The creation of ${name} was interrupted, and had other settings than this command`, {
      hint: `Repeat it with the settings it had (driver ${found.driver}) to finish it, or start over: tsmachine rm -y ${name}`,
    });
  }
  if (found) return new Reservation(paths.journal, found, true);
  if (!(await isFree(session, name))) {
    throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${name}" already exists`, {
      hint: `Look at it: tsmachine inspect ${name}. Remove it: tsmachine rm ${name}`,
    });
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

/** A folder without anything in it is what a run killed between its first two steps leaves: it is taken over. */
async function isFree(session: Session, name: string): Promise<boolean> {
  return !(await session.store.exists(name)) || (await session.store.isEmpty(name));
}

/** Two creates are the same request when they parse to the same configuration, wherever the store lies. */
function digest(config: HostConfig): string {
  const { AuthOptions: auth, ...options } = config.HostOptions;
  const wanted = { driver: config.DriverName, data: { ...config.Driver, StorePath: '' }, options, sans: auth.ServerCertSANs };
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
}
