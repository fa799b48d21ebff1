import { isDeepStrictEqual } from 'node:util';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { DriverContext, DriverData, DriverEnv, Driver, Look, ParseInput } from '../../driver/contract.js';
import { baseRules, checkFields } from '../../driver/kit/check.js';
import { baseData, textOf } from '../../driver/kit/data.js';
import { callLimits, type CallLimits, type HeldMachine } from './held-machine.js';
import { lookAt } from './look.js';
import { pluginProcesses } from './processes.js';
import type { Plain } from './methods.js';
import type { GoProgram } from './program.js';
import { secretsGiven } from './secrets.js';

/** The key of the ledger under which a machine of a plugin stands. */
const made = 'machine';
/** Milliseconds for what a plugin whose `Create` is broken off has made by then. */
const lastQuestion = 1500;

/** A driver whose work is done by a plugin of Docker Machine, in a process of its own for each machine. */
export class GoPluginDriver implements Driver {
  readonly #program: GoProgram;
  readonly #env: DriverEnv;
  readonly #limits: CallLimits;
  /** By the machine's folder: the flags with secrets that it was made with in this run. */
  readonly #secretFlags = new Map<string, readonly string[]>();

  constructor(program: GoProgram, env: DriverEnv, limits: CallLimits = callLimits) {
    [this.#program, this.#env, this.#limits] = [program, env, limits];
  }

  async parse(input: ParseInput): Promise<DriverData> {
    const { signal } = this.#env;
    const { machineDir, flags } = input;
    this.#secretFlags.set(machineDir, secretsGiven(flags));
    const wanted = { ...this.#process(), machineDir, data: undefined, signal };
    return pluginProcesses.use(wanted, async (held) => {
      try {
        return await held.describe(baseData(input, {}), flags, { timeout: this.#limits.flags, signal });
      } catch (error) {
        throw as(error, 'FLAG_INVALID');
      }
    });
  }

  check(data: DriverData): void {
    checkFields(data, baseRules);
  }

  async precheck(data: DriverData, ctx: DriverContext): Promise<void> {
    await this.#with(ctx, data, async (held) => {
      try {
        await held.ask('PreCreateCheck', this.#ends(ctx, 'check'));
      } catch (error) {
        throw as(error, 'DRIVER_PRECHECK');
      }
    });
  }

  async create(data: DriverData, ctx: DriverContext): Promise<void> {
    const secrets = this.#secretFlags.get(ctx.machineDir) ?? [];
    if (secrets.length > 0) ctx.io.warn(keepsSecrets(this.#program.driver, secrets));
    await ctx.resource(
      made,
      { kind: `machine of the plugin ${this.#program.driver}`, scope: 'machine', request: {} },
      {
        find: () => Promise.reject(cannotContinue(this.#program.driver, ctx.machineName)),
        make: async () => {
          await this.#with(ctx, data, (held) => this.#create(held, ctx));
          return textOf(ctx.data(), 'MachineName') || ctx.machineName;
        },
      },
    );
  }

  look(data: DriverData, ctx: DriverContext): Promise<Look> {
    return this.#with(ctx, data, (held) =>
      lookAt(held, this.#ends(ctx, 'ask'), (text) => {
        ctx.io.debug(text);
      }),
    );
  }

  start(data: DriverData, ctx: DriverContext): Promise<void> {
    return this.#change('Start', data, ctx);
  }

  stop(data: DriverData, ctx: DriverContext): Promise<void> {
    return this.#change('Stop', data, ctx);
  }

  kill(data: DriverData, ctx: DriverContext): Promise<void> {
    return this.#change('Kill', data, ctx);
  }

  restart(data: DriverData, ctx: DriverContext): Promise<void> {
    return this.#change('Restart', data, ctx);
  }

  async remove(data: DriverData, ctx: DriverContext): Promise<{ left: [] }> {
    await this.#with(ctx, data, (held) => held.ask('Remove', this.#ends(ctx, 'power')));
    for (const entry of await ctx.resources()) await ctx.released(entry);
    return { left: [] };
  }

  /** Ends the processes of its machines. */
  close(): Promise<void> {
    return pluginProcesses.close(this);
  }

  /** A machine of which something was made must not be forgotten, however `Create` ends. */
  async #create(held: HeldMachine, ctx: DriverContext): Promise<void> {
    let failure: unknown;
    try {
      await held.ask('Create', this.#ends(ctx, 'create'));
    } catch (error) {
      failure = error;
    }
    const ends = failure === undefined ? this.#ends(ctx, 'config') : { timeout: lastQuestion, signal: AbortSignal.timeout(lastQuestion) };
    try {
      await keepWhatItKnows(held, ctx, ends);
    } catch (error) {
      if (failure === undefined) throw error;
      ctx.io.debug(say`What the plugin has made by now cannot be asked for: ${messageOf(error)}`);
    }
    if (failure !== undefined) throw as(failure, 'DRIVER_FAILED');
  }

  /** Does something that changes the machine, and keeps what has become of its data. */
  async #change(method: Plain, data: DriverData, ctx: DriverContext): Promise<void> {
    await this.#with(ctx, data, async (held) => {
      await held.compare(this.#ends(ctx, 'config'));
      await held.ask(method, this.#ends(ctx, 'power'));
      await keepWhatItKnows(held, ctx, this.#ends(ctx, 'config'));
    });
  }

  async #with<T>(ctx: DriverContext, data: DriverData, work: (held: HeldMachine) => Promise<T>): Promise<T> {
    const { machineDir, signal, io } = ctx;
    const log = (level: 'info' | 'debug', line: string) => {
      if (level === 'info') io.info(line);
      else io.debug(line);
    };
    try {
      return await pluginProcesses.use({ ...this.#process(), machineDir, data, signal, log }, work);
    } catch (error) {
      throw as(error, 'DRIVER_FAILED');
    }
  }

  #process() {
    const { driver, path: program, args } = this.#program;
    return { owner: this, driver, program, args };
  }

  #ends({ signal }: Pick<DriverContext, 'signal'>, kind: keyof CallLimits) {
    return { timeout: this.#limits[kind], signal };
  }
}

async function keepWhatItKnows(held: HeldMachine, ctx: DriverContext, ends: Parameters<HeldMachine['read']>[0]): Promise<void> {
  const now = await held.read(ends);
  if (!isDeepStrictEqual(now, ctx.data())) await ctx.replace(now);
}

/** What the plugin itself says has no code of ours: it gets that of the step. */
function as(error: unknown, code: 'FLAG_INVALID' | 'DRIVER_PRECHECK' | 'DRIVER_FAILED'): unknown {
  if (!TsmachineError.is(error) || error.code !== 'RPC_FAILED') return error;
  return new TsmachineError(code, error.text, { cause: error });
}

function cannotContinue(driver: string, name: string): TsmachineError {
  return new TsmachineError('DRIVER_FAILED', `The plugin "${driver}" cannot continue the creation of ${name}, which did not end well`, {
    hint: say`Remove what it may have made, and create it anew: ${run('rm', '-y', name)}`,
  });
}

function keepsSecrets(driver: string, flags: readonly string[]): string {
  const named = flags.map((flag) => `--${flag}`).join(', ');
  return `The plugin "${driver}" keeps what was given with ${named} in the machine's config.json, which only you can read`;
}
