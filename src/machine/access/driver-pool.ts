import { TsmachineError } from '../../base/errors.js';
import type { Driver, DriverDescription } from '../../driver/contract.js';
import type { DriverSearch } from '../../driver/source.js';
import { loadDriverModule } from './driver-registry.js';

/** An open driver, with its description of itself. */
export interface OpenDriver extends DriverDescription {
  readonly name: string;
  readonly driver: Driver;
}

/** The drivers of one session: opened when the first of their machines is, closed together. */
export class DriverPool {
  readonly #search: DriverSearch;
  readonly #open = new Map<string, Promise<OpenDriver & { close(): Promise<void> }>>();
  readonly #mentioned = new Set<string>();

  constructor(search: DriverSearch) {
    this.#search = search;
  }

  /** @throws TsmachineError DRIVER_UNKNOWN */
  open(name: string): Promise<OpenDriver> {
    const found = this.#open.get(name) ?? this.#start(name);
    this.#open.set(name, found);
    return found;
  }

  /** Whether this session mentions the driver for the first time: what is said of a driver is said once, for however many machines. */
  isFirstMention(name: string): boolean {
    const before = this.#mentioned.size;
    return this.#mentioned.add(name).size > before;
  }

  /** Ends what drivers keep running for themselves. */
  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.all(all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])));
  }

  async #start(name: string): Promise<OpenDriver & { close(): Promise<void> }> {
    const { env, signal } = this.#search;
    const module = await loadDriverModule(name, this.#search);
    const driver = await module.open({ env, signal });
    return { name, flags: module.flags, features: module.features, driver, close: () => driver.close() };
  }
}

/** The name comes from config.json, not from the command line: a failure (1), not a usage error (2). */
export function notTyped(error: unknown): TsmachineError {
  const { code, text, hint } = TsmachineError.from(error);
  return new TsmachineError(code, text, { cause: error, hint, exit: 1 });
}
