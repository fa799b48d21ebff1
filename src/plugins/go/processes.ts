import { TsmachineError } from '../../base/errors.js';
import type { DriverData } from '../../base/machine.js';
import { Turns } from '../../driver/kit/turns.js';
import { HeldMachine, callLimits } from './held-machine.js';
import type { GoPluginOptions } from './plugin.js';

export interface Wanted extends Omit<GoPluginOptions, 'signal'> {
  /** Which driver's process it is; it is ended with the others of this owner. */
  readonly owner: object;
  /** The machine's folder. */
  readonly machineDir: string;
  /** What the process must hold; undefined for a new one that holds nothing. */
  readonly data: DriverData | undefined;
  readonly signal: AbortSignal;
}

interface Entry {
  readonly key: string;
  readonly owner: object;
  readonly held: HeldMachine;
  busy: boolean;
  /** When it was used last, as a count. */
  used: number;
}

/**
 * The processes of plugins, one for each machine that is in use. A process stays for the next question about its machine, until another
 * one needs its place.
 */
export class PluginProcesses {
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();
  readonly #turns = new Turns();
  readonly #waiting = new Set<() => void>();
  /** Processes that run, are being started or are being ended. */
  #living = 0;
  #uses = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Works with the process of a machine; work on one machine takes turns. */
  use<T>(wanted: Wanted, work: (held: HeldMachine) => Promise<T>): Promise<T> {
    const key = `${wanted.driver}\0${wanted.machineDir}`;
    return this.#turns.take(key, async () => {
      const entry = await this.#entryFor(key, wanted);
      try {
        return await work(entry.held);
      } catch (error) {
        // it may hang, or be in the middle of something
        if (wanted.signal.aborted || !TsmachineError.is(error) || error.code !== 'RPC_FAILED')
          await this.#end(entry, () => entry.held.kill());
        throw error;
      } finally {
        entry.busy = false;
        entry.held.awaited(false); // a program that forgets to close its session ends all the same
        this.#wake();
      }
    });
  }

  /** Ends the processes of one owner. */
  async close(owner: object): Promise<void> {
    await Promise.all([...this.#entries.values()].flatMap((entry) => (entry.owner === owner ? [this.#end(entry)] : [])));
  }

  async #entryFor(key: string, wanted: Wanted): Promise<Entry> {
    const there = this.#entries.get(key);
    if (there && there.owner === wanted.owner && wanted.data !== undefined && there.held.holds(wanted.data)) {
      [there.busy, there.used] = [true, ++this.#uses];
      there.held.listen(wanted.log);
      there.held.awaited(true);
      return there;
    }
    if (there) await this.#end(there);
    await this.#place(wanted.signal);
    let held: HeldMachine | undefined;
    try {
      held = await HeldMachine.start(wanted);
      if (wanted.data !== undefined) await held.take(wanted.data, { timeout: callLimits.config, signal: wanted.signal });
    } catch (error) {
      await held?.kill();
      this.#left();
      throw error;
    }
    const entry = { key, owner: wanted.owner, held, busy: true, used: ++this.#uses };
    this.#entries.set(key, entry);
    return entry;
  }

  async #place(signal: AbortSignal): Promise<void> {
    while (this.#living >= this.#most) {
      signal.throwIfAborted();
      const [idle] = [...this.#entries.values()].filter(({ busy }) => !busy).sort((one, other) => one.used - other.used);
      if (idle) await this.#end(idle);
      else await this.#change(signal);
    }
    this.#living++;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async #end(entry: Entry, end = () => entry.held.close()): Promise<void> {
    if (this.#entries.get(entry.key) !== entry) return;
    this.#entries.delete(entry.key);
    entry.held.awaited(true);
    await end();
    this.#left();
  }

  #left(): void {
    this.#living--;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** At most sixteen at once in this program, whatever drivers they are of. */
export const pluginProcesses = new PluginProcesses(16);
