import { connect as dial, isIP, type Socket } from 'node:net';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say, type Text } from '../../base/text.js';
import { int } from '../../go-rpc/gob/basic.js';
import { RpcClient, type CallOptions } from '../../go-rpc/rpc/client.js';
import { connect } from '../../go-rpc/rpc/handshake.js';
import { nothing, type Shape } from '../../go-rpc/rpc/messages.js';
import { startCompanion, type Companion } from '../../system/processes/companion.js';
import { LastWords, scrubbed } from './last-words.js';

/** Milliseconds: for the address line and the connection; between heartbeats, of which a plugin misses none for 10 s; for each of them. */
const limits = { start: 10_000, between: 5000, heartbeat: 10_000, close: 2000 };
/** The name of the service; older plugins have only the second. */
const services = ['RPCServerDriver', 'RpcServerDriver'] as const;
const apiVersion = 1;

export interface GoPluginOptions {
  /** The name of the driver, as the plugin is told. */
  readonly driver: string;
  /** The path of its program. */
  readonly program: string;
  readonly signal?: AbortSignal | undefined;
  readonly args?: readonly string[];
  /** Takes secrets out of a line that it printed, besides those that can be told by their form. */
  readonly hide?: (line: string) => string;
  /** Gets what the plugin prints, without secrets: information from standard output, details from standard error. */
  readonly log?: (level: 'info' | 'debug', line: string) => void;
  /** Milliseconds until the plugin must have said where it listens; default 10 s, as with Docker Machine. */
  readonly timeout?: number;
}

/**
 * A running plugin of Docker Machine: a process of its own, which holds one machine, and to which we speak by net/rpc.
 * It is kept alive by heartbeats, and ended by `close`, by the signal, and with this program.
 */
export class GoPlugin {
  readonly #options: GoPluginOptions;
  readonly #words: LastWords;
  readonly #companion: Companion;
  readonly #client: RpcClient;
  readonly #stream: Socket;
  #service: string = services[0];
  #heart: NodeJS.Timeout | undefined;
  #closed = false;
  /** Why we have given it up although it runs. */
  #given: Text | undefined;

  private constructor(options: GoPluginOptions, words: LastWords, companion: Companion, stream: Socket) {
    [this.#options, this.#words, this.#companion, this.#stream] = [options, words, companion, stream];
    this.#client = new RpcClient(stream);
  }

  /**
   * Starts a plugin and checks that it speaks our version of the protocol.
   * @throws TsmachineError COMMAND_FAILED when it cannot be started, DRIVER_FAILED with its last words when it says no address, says
   *   another version or ends; the signal's reason when aborted. No process is left then.
   */
  static async start(options: GoPluginOptions): Promise<GoPlugin> {
    const { driver, program, args = [], signal, hide = (line) => line, timeout = limits.start } = options;
    const words = new LastWords();
    const address = new FirstLine();
    const companion = await startCompanion(program, {
      args,
      env: { MACHINE_PLUGIN_TOKEN: '42', MACHINE_PLUGIN_DRIVER_NAME: driver },
      signal,
      onLine: (from, printed) => {
        const line = scrubbed(hide(printed));
        if (from === 'stderr') words.add(line);
        if (from === 'stdout' && address.take(line)) return;
        options.log?.(from === 'stdout' ? 'info' : 'debug', line);
      },
    });
    try {
      const late = AbortSignal.timeout(timeout);
      const ended = companion.ended.then((how): never => {
        throw fail(`ended before it said where it listens (${how})`);
      });
      const port = portOf(await Promise.race([address.line, ended, aborted(late, timeout), ...(signal ? [aborted(signal)] : [])]));
      const stream = dial(port, '127.0.0.1');
      await connect(stream, { signal, timeout });
      const plugin = new GoPlugin(options, words, companion, stream);
      await plugin.#checkVersion(timeout);
      plugin.#beat();
      return plugin;
    } catch (error) {
      await companion.end();
      signal?.throwIfAborted();
      throw failed(options, words, error);
    }
  }

  /**
   * Calls a method of the driver.
   * @param method without its service: `GetState`
   * @throws TsmachineError RPC_FAILED with the plugin's own words when the method fails, DRIVER_FAILED with its last words when it ended,
   *   WAIT_TIMEOUT, RPC_PROTOCOL; the signal's reason when aborted
   */
  async call<A, R>(method: string, shape: Shape<A, R>, value: A, options: CallOptions = {}): Promise<R> {
    try {
      return await this.#client.call(`${this.#service}.${method}`, shape, value, options);
    } catch (error) {
      if (!TsmachineError.is(error) || error.code !== 'RPC_LOST') throw error;
      this.#options.signal?.throwIfAborted();
      const how = this.#given === undefined ? await Promise.race([this.#companion.ended, after(limits.close)]) : undefined;
      await this.close();
      const ended = how === undefined ? say`broke off ${method}: ${error.text}` : `ended during ${method} (${how})`;
      throw failed(this.#options, this.#words, fail(this.#given ?? ended));
    }
  }

  /** What it printed on standard error last. */
  get lastWords(): string {
    return this.#words.text;
  }

  /** Whether this program waits for it before it ends by itself. It is ended in any case. */
  awaited(yes: boolean): void {
    this.#companion.awaited(yes);
    if (yes) this.#stream.ref();
    else this.#stream.unref();
  }

  /** Asks the plugin to end, and ends it if it does not. */
  async close(): Promise<void> {
    clearInterval(this.#heart);
    if (!this.#closed) {
      this.#closed = true;
      const shape = { argument: nothing, result: nothing };
      // the answer can be lost when the plugin is faster to end than to answer
      await this.#client.call(`${this.#service}.Close`, shape, {}, { timeout: limits.close }).catch(() => undefined);
      this.#client.close();
      await Promise.race([this.#companion.ended, after(limits.close)]);
    }
    await this.#companion.end();
  }

  /** Ends it without a word: it may hang. */
  async kill(): Promise<void> {
    clearInterval(this.#heart);
    this.#closed = true;
    this.#client.close();
    await this.#companion.end();
  }

  async #checkVersion(timeout: number): Promise<void> {
    const shape = { argument: nothing, result: int };
    const ask = () => this.#client.call(`${this.#service}.GetVersion`, shape, {}, { signal: this.#options.signal, timeout });
    const version = await ask().catch((error: unknown) => {
      if (!TsmachineError.is(error) || error.code !== 'RPC_FAILED') throw error;
      this.#service = services[1];
      return ask();
    });
    if (version !== apiVersion) throw fail(`speaks version ${version} of the protocol of plugins, and we speak version ${apiVersion}`);
  }

  /** A plugin ends itself when it was not called for ten seconds, also in the middle of a call. */
  #beat(): void {
    const shape = { argument: nothing, result: nothing };
    this.#heart = setInterval(() => {
      this.#client.call(`${this.#service}.Heartbeat`, shape, {}, { timeout: limits.heartbeat }).catch((error: unknown) => {
        clearInterval(this.#heart);
        if (!TsmachineError.is(error) || error.code !== 'RPC_LOST') this.#given = say`does not answer its heartbeat: ${messageOf(error)}`;
        this.#client.close(); // every call that waits fails now, and says what the plugin said last
      });
    }, limits.between);
    this.#heart.unref();
  }
}

/** The first line of a plugin's standard output. */
class FirstLine {
  readonly line: Promise<string>;
  #resolve: ((line: string) => void) | undefined;

  constructor() {
    this.line = new Promise((resolve) => (this.#resolve = resolve));
  }

  take(line: string): boolean {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(line);
    return resolve !== undefined;
  }
}

function portOf(line: string): number {
  const [, host = '', port = ''] = /^\s*\[?([^\]\s]*)\]?:(\d+)\s*$/.exec(line) ?? [];
  // a plugin that is not on this computer would get the machine's secrets
  if (isIP(host) !== 0 && /^(127\.|::1$)/.test(host) && Number(port) > 0 && Number(port) < 65_536) return Number(port);
  throw fail(`says ${JSON.stringify(line.slice(0, 100))} where its address should be`);
}

function fail(what: Text): TsmachineError {
  return new TsmachineError('DRIVER_FAILED', what);
}

/** One message of what happened and what the plugin said last. */
function failed({ driver, program }: GoPluginOptions, words: LastWords, error: unknown): TsmachineError {
  const said = words.text === '' ? '' : `. The last it said:\n${words.text}`;
  const what =
    TsmachineError.is(error) && ['DRIVER_FAILED', 'RPC_LOST'].includes(error.code) ? messageOf(error) : say`failed: ${messageOf(error)}`;
  return new TsmachineError('DRIVER_FAILED', say`The plugin "${driver}" (${program}) ${what}${said}`, { cause: error });
}

function aborted(signal: AbortSignal, timeout?: number): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      reject(timeout === undefined ? (signal.reason as Error) : fail(`has not said within ${timeout / 1000} s where it listens`));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(undefined);
    }, milliseconds).unref();
  });
}
