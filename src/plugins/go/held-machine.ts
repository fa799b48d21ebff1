import { isDeepStrictEqual } from 'node:util';

import { TsmachineError, errorText, messageOf } from '../../base/errors.js';
import type { FlagValues } from '../../base/flags.js';
import { exactJson, parseExactJson } from '../../base/json.js';
import { ownField, type DriverData } from '../../base/machine.js';
import { plain, say, type Text } from '../../base/text.js';
import { flagsToSend } from './flags.js';
import { methods, type Answer, type Plain } from './methods.js';
import { GoPlugin, type GoPluginOptions } from './plugin.js';
import { ToldSecrets } from './secrets.js';

/** How long a plugin may take, in milliseconds. */
export const callLimits = { config: 30_000, flags: 180_000, ask: 60_000, check: 600_000, power: 900_000, create: 3_600_000 } as const;
export type CallLimits = Readonly<Record<keyof typeof callLimits, number>>;

/** How a call ends early. */
export interface Ends {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

interface Listener {
  log: GoPluginOptions['log'];
}

/** A plugin's process with the one machine that it holds. */
export class HeldMachine {
  readonly #listener: Listener;
  readonly #driver: string;
  readonly #plugin: GoPlugin;
  readonly #secrets: ToldSecrets;
  /** The data for which it stands; undefined while that is not known. */
  #data: DriverData | undefined;
  /** Fields of the data that the plugin does not have: an older or newer one, or we, wrote them. */
  #foreign: DriverData = {};

  private constructor(driver: string, plugin: GoPlugin, secrets: ToldSecrets, listener: Listener) {
    [this.#driver, this.#plugin, this.#secrets, this.#listener] = [driver, plugin, secrets, listener];
  }

  /** Starts a plugin, which holds nothing yet. @throws as `GoPlugin.start` */
  static async start(options: GoPluginOptions & { readonly signal: AbortSignal }): Promise<HeldMachine> {
    const { signal } = options;
    const secrets = new ToldSecrets();
    // once it runs, it is ended by who holds it: what it has made by then has to be asked for first
    const starting = new AbortController();
    const abort = () => {
      starting.abort(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const listener: Listener = { log: options.log };
      const log: GoPluginOptions['log'] = (level, line) => listener.log?.(level, line);
      const plugin = await GoPlugin.start({ ...options, signal: starting.signal, log, hide: (line) => secrets.hide(line) });
      return new HeldMachine(options.driver, plugin, secrets, listener);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Who gets what the plugin prints from now on. */
  listen(log: GoPluginOptions['log']): void {
    this.#listener.log = log;
  }

  /** Whether it holds a machine with exactly this data. */
  holds(data: DriverData): boolean {
    return this.#data !== undefined && isDeepStrictEqual(this.#data, data);
  }

  /** Gives it the machine. */
  async take(data: DriverData, ends: Ends): Promise<void> {
    const { [ownField]: _own, ...sent } = data;
    this.#secrets.addData(sent);
    await this.#call('SetConfigRaw', () => this.#plugin.call('SetConfigRaw', methods.SetConfigRaw, Buffer.from(exactJson(sent)), ends));
    this.#data = data;
  }

  /** Gives it a machine that is described by flags. @returns its data */
  async describe(data: DriverData, flags: FlagValues, ends: Ends): Promise<DriverData> {
    this.#secrets.addFlags(flags);
    await this.take(data, ends);
    this.#data = undefined;
    await this.#call('SetConfigFromFlags', () =>
      this.#plugin.call('SetConfigFromFlags', methods.SetConfigFromFlags, flagsToSend(flags), ends),
    );
    return this.read(ends);
  }

  /** Notes what of its data the plugin does not know, before it changes any. */
  async compare(ends: Ends): Promise<void> {
    const before = this.#data ?? {};
    const known = await this.#raw(ends);
    this.#foreign = Object.fromEntries(Object.entries(before).filter(([field]) => !Object.hasOwn(known, field)));
  }

  /** Its data as the plugin has it now, with what the plugin does not know of it. */
  async read(ends: Ends): Promise<DriverData> {
    this.#data = { ...this.#foreign, ...(await this.#raw(ends)) };
    return this.#data;
  }

  /**
   * @throws TsmachineError RPC_FAILED with the plugin's own words, DRIVER_FAILED for all else that is its fault; each names the plugin
   */
  ask<M extends Plain>(method: M, ends: Ends): Promise<Answer<M>> {
    return this.#call(method, () => this.#plugin.call(method, methods[method] as never, {}, ends));
  }

  /** What is made of an answer. @throws TsmachineError DRIVER_FAILED naming the plugin, when `make` does */
  understood<A, T>(method: keyof typeof methods, make: (answer: A) => T, answer: A): T {
    try {
      return make(answer);
    } catch (error) {
      throw this.fails(say`gives an answer to ${method} that cannot be used: it ${messageOf(error)}`, error);
    }
  }

  /** Whether this program must not end by itself while it runs. */
  awaited(yes: boolean): void {
    this.#plugin.awaited(yes);
  }

  close(): Promise<void> {
    return this.#plugin.close();
  }

  /** Ends the process at once: it may hang. */
  kill(): Promise<void> {
    return this.#plugin.kill();
  }

  async #raw(ends: Ends): Promise<DriverData> {
    const text = Buffer.from(await this.ask('GetConfigRaw', ends)).toString('utf8');
    const data = this.#parsed(text);
    this.#secrets.addData(data);
    return data;
  }

  #parsed(text: string): DriverData {
    let value: unknown;
    try {
      value = parseExactJson(text);
    } catch (error) {
      throw this.fails(`answers GetConfigRaw with what is no JSON: ${errorText(error)}`, error);
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as DriverData;
    throw this.fails('answers GetConfigRaw with what is no JSON object');
  }

  async #call<T>(method: keyof typeof methods, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!TsmachineError.is(error)) throw error;
      if (error.code === 'RPC_FAILED') {
        const words = this.#secrets.hide(plain(error.text));
        throw new TsmachineError('RPC_FAILED', say`The plugin "${this.#driver}" failed in ${method}: ${words}`, { cause: error });
      }
      if (error.code === 'RPC_PROTOCOL') throw this.fails(say`gave an answer to ${method} that is none: ${messageOf(error)}`, error);
      if (error.code === 'WAIT_TIMEOUT') throw this.fails(say`does not answer: ${messageOf(error)}`, error);
      throw error;
    }
  }

  /** An error that is the plugin's fault. @param what as the end of a sentence that begins with its name */
  fails(what: Text, cause?: unknown): TsmachineError {
    const words = this.#plugin.lastWords;
    const said = words === '' ? '' : `. The last it said:\n${words}`;
    return new TsmachineError('DRIVER_FAILED', say`The plugin "${this.#driver}" ${what}${said}`, { cause });
  }
}
