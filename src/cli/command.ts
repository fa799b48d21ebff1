import { Command } from '@oclif/core/command';
import { ExitError } from '@oclif/core/errors';
import type { Interfaces } from '@oclif/core';

import { TsmachineError } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import type { Text } from '../base/text.js';
import type { Session } from '../machine/session.js';
import { canonicalArgv } from './line/argv.js';
import type { Operands } from './completion/operands.js';
import { accountFlags } from './options/account-flags.js';
import { driverSearch } from './options/driver-search.js';
import type { FlagInput } from './line/flags.js';
import { globalFlags, resolveGlobals, type GlobalFlagValues, type GlobalValues } from './line/globals.js';
import type { Invocation } from './line/invocation.js';
import { optionalArgument } from './line/arguments.js';
import { isMachineConfig, type MachineConfig } from './line/oclif.js';
import { programName, renderTexts, standsInForDockerMachine } from './line/program.js';
import { TerminalIo } from './terminal/terminal-io.js';
import { parseError, withUsage } from './line/usage.js';
import { toFlagInput } from './options/driver-flags.js';

type MachineWork<T> = (session: Session, name: string) => Promise<T>;
type Values = Record<string, unknown>;
type Parsed<F extends Values, B extends Values, A extends Values> = Interfaces.ParserOutput<F, B, A> & { argv: string[] };

/** The base of every command. Positional words follow Docker Machine's rules (line/arguments.ts), so no command declares oclif's `args`. */
export abstract class MachineCommand extends Command {
  static override baseFlags: FlagInput = globalFlags;
  static override flags: FlagInput = {};
  static override strict = false;
  /** What follows the flags on the usage line. */
  static override usage = '[arg...]';
  /** Where `io.info` prints: commands whose stdout is data keep `stderr`. */
  static infoTo: 'stdout' | 'stderr' = 'stderr';
  /** What shells complete as positional words. */
  static operands: Operands = { kind: 'machines' };
  /** The words after the command are not parsed (ssh). */
  static passThrough = false;

  /** What to type after an interruption. */
  protected afterInterrupt: Text | undefined;
  protected globals: GlobalValues = resolveGlobals({}, {});
  readonly #sessions: Session[] = [];
  /** Flags of drivers that say as whom providers are asked, as they were given. */
  #accountFlags: FlagValues = {};
  protected readonly invocation: Invocation;
  protected readonly io: TerminalIo;

  constructor(argv: string[], config: MachineConfig) {
    super(argv, config);
    this.invocation = config.invocation;
    const {
      screen,
      progress,
      interruption: { signal },
      debug,
      json,
    } = config.invocation;
    const { infoTo } = this.constructor as typeof MachineCommand;
    this.io = new TerminalIo({ screen, progress, signal, debug, infoTo: json ? 'stderr' : infoTo });
  }

  /** Overridden because oclif's own would load a second configuration, without the invocation. */
  static override run<T extends Command>(
    this: new (argv: string[], config: MachineConfig) => T,
    argv: string[] = [],
    config?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    if (!isMachineConfig(config)) throw new TsmachineError('INTERNAL', `Only ${programName()} itself runs commands`);
    return new this(argv, config)['_run']();
  }

  /** The flags that the help lists. Those of `create` depend on the driver, so it is given the words of the command line. */
  static helpFlags(_words: readonly string[], _env: NodeJS.ProcessEnv): Promise<FlagInput> {
    return Promise.resolve(this.flags);
  }

  /** The examples that the help shows; those of `create` depend on the driver. */
  static helpExamples(_words: readonly string[], _env: NodeJS.ProcessEnv): Promise<readonly string[]> {
    return Promise.resolve(this.examples.map((example) => (typeof example === 'string' ? example : example.command)));
  }

  /**
   * Reads Docker Machine's grammar (argv.ts), then runs oclif's parser. `argv` of the result holds the positional words in order.
   * @throws TsmachineError USAGE or FLAG_INVALID, naming the flag
   */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options: Interfaces.Input<F, B, A>,
    argv = this.argv,
  ): Promise<Parsed<F, B, A>> {
    const account = await accountFlags(argv, driverSearch(argv, this.invocation.env));
    const flags = { ...toFlagInput(account), ...options.baseFlags, ...options.flags } as Interfaces.FlagInput<F & B>;
    const words = canonicalArgv(argv, flags);
    const parsed = await super.parse<F & B, Values, A>({ flags, strict: false }, words).catch((error: unknown) => {
      throw parseError(error);
    });
    this.globals = resolveGlobals(parsed.flags as GlobalFlagValues, this.invocation.env);
    const given = parsed.flags as FlagValues;
    this.#accountFlags = Object.fromEntries(account.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, given[name]]])));
    // oclif sorts its `argv` by first occurrence, which moves repeated words
    return { ...parsed, argv: parsed.raw.flatMap((token) => (token.type === 'arg' ? [token.input] : [])) };
  }

  /** Adds the usage to a mistake on the command line, and the next command to an interruption. `main` renders the error. */
  protected override async catch(error: Error): Promise<never> {
    const exit = this.invocation.interruption.exit();
    if (exit !== undefined && !(error instanceof ExitError)) {
      throw new TsmachineError('CANCELLED', 'Interrupted', { exit, hint: this.afterInterrupt, cause: error });
    }
    // completion scripts for Docker Machine get the flags of a driver by calling `create -d NAME`
    if (standsInForDockerMachine() && TsmachineError.is(error) && error.code === 'ARGUMENT_COUNT') {
      await this.config.runCommand('help', ['--', ...this.ctor.id.split(':'), ...this.argv]);
    }
    throw withUsage(error, this.ctor);
  }

  /** Opens the store given on the command line or in the environment, else the one in the home folder. */
  protected async session(io: TerminalIo = this.io): Promise<Session> {
    const [{ openSession }, { defaultStorePath }] = await Promise.all([import('../session.js'), import('../system/home.js')]);
    const {
      env,
      interruption: { signal },
    } = this.invocation;
    const { storagePath, driverPath, githubToken } = this.globals;
    const session = openSession({
      storePath: storagePath ?? defaultStorePath(env),
      io,
      signal,
      env,
      secrets: githubToken === '' ? {} : { githubToken },
      flags: this.#accountFlags,
      driverPath,
    });
    this.#sessions.push(session);
    return session;
  }

  /** Ends what the drivers keep running. */
  protected override async finally(): Promise<void> {
    await Promise.all(this.#sessions.map(({ drivers }) => drivers.close()));
  }

  /** The machine of a command that takes one. Without a name it is "default", as in Docker Machine. */
  protected async oneMachine(words: readonly string[]): Promise<{ session: Session; name: string }> {
    const given = optionalArgument(words);
    const session = await this.session();
    const { resolveNames } = await import('../machine/choose/each.js');
    const [name = ''] = await resolveNames(session.store, given === undefined ? [] : [given]);
    return { session, name };
  }

  /** Runs `work` on every named machine, or on "default". */
  protected async onAll<T>(words: readonly string[], work: MachineWork<T>, options: { prefixed?: boolean } = {}): Promise<T[]> {
    const session = await this.session();
    const { resolveNames, loadAll } = await import('../machine/choose/each.js');
    const names = await resolveNames(session.store, words);
    await loadAll(session.store, names);
    return this.onNames(names, work, options);
  }

  /** Runs `work` on these machines at the same time and reports each failure. */
  protected async onNames<T>(
    names: readonly string[],
    work: MachineWork<T>,
    options: { prefixed?: boolean; limit?: number } = {},
  ): Promise<T[]> {
    const { onMachines } = await import('./many.js');
    const {
      debug,
      interruption: { signal },
    } = this.invocation;
    return onMachines(names, this.io, { limit: 16, debug, signal, ...options }, async (name, io) => work(await this.session(io), name));
  }

  /** Asks a yes-or-no question on stderr. @returns undefined when the input ends without an answer */
  protected async confirm(question: string): Promise<boolean | undefined> {
    const { askLine, isYes } = await import('./terminal/prompt.js');
    const {
      screen,
      progress,
      interruption: { signal },
    } = this.invocation;
    const answer = await progress.pause(() => askLine(question, screen, signal));
    return answer === undefined ? undefined : isYes(answer);
  }

  /**
   * Asks for consent; where nobody can give it, a script must not take silence for success.
   * @param otherwise what to type where nobody can answer
   * @throws TsmachineError CANCELLED when the input ends without an answer
   */
  protected async agrees(question: string, otherwise: Text, unanswered = 'Nothing was done: nobody could be asked'): Promise<boolean> {
    const answer = await this.confirm(question);
    if (answer === undefined) throw new TsmachineError('CANCELLED', unanswered, { hint: otherwise });
    return answer;
  }

  /** Prints a result on stdout, for people; control characters are written out. */
  protected print(text: string): void {
    this.invocation.progress.write(this.invocation.screen.stdout, text);
  }

  /** Prints a result on stdout that programs and shells read: unchanged, except on a terminal. */
  protected printData(text: string): void {
    this.invocation.progress.writeData(this.invocation.screen.stdout, text);
  }

  /** Prints a result: as JSON with --json, else what `text` returns; `data` is for text that a program or a shell reads. */
  protected show(result: unknown, text: () => string, { data = false } = {}): void {
    if (this.invocation.json) this.print(JSON.stringify(result, renderTexts, 2));
    else if (data) this.printData(text());
    else this.print(text());
  }
}
