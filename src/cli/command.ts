import { Command } from '@oclif/core/command';
import { ExitError } from '@oclif/core/errors';
import type { Interfaces } from '@oclif/core';

import { TsmachineError } from '../base/errors.js';
import type { Session } from '../machine/session.js';
import { canonicalArgv } from './line/argv.js';
import type { Operands } from './completion/operands.js';
import type { FlagInput } from './line/flags.js';
import { globalFlags, resolveGlobals, type GlobalFlagValues, type GlobalValues } from './line/globals.js';
import type { Invocation } from './line/invocation.js';
import { oneOrNone } from './line/names.js';
import { isMachineConfig, type MachineConfig } from './line/oclif.js';
import { programName, speak } from './line/program.js';
import { TerminalIo } from './terminal/terminal-io.js';
import { parseError, withUsage } from './line/usage.js';

type MachineWork<T> = (session: Session, name: string) => Promise<T>;
type Values = Record<string, unknown>;
type Parsed<F extends Values, B extends Values, A extends Values> = Interfaces.ParserOutput<F, B, A> & { argv: string[] };

/** What every command shares. Positional words have Docker Machine's own rules (names.ts), so no command declares oclif's `args`. */
export abstract class MachineCommand extends Command {
  static override baseFlags: FlagInput = globalFlags;
  static override flags: FlagInput = {};
  static override strict = false;
  /** What follows the flags on the usage line. */
  static override usage = '[arg...]';
  /** Where finished facts are printed: commands whose stdout is data keep `stderr`. */
  static infoTo: 'stdout' | 'stderr' = 'stderr';
  /** What shells complete behind the flags. */
  static operands: Operands = { kind: 'machines' };
  /** Nothing behind the command is parsed (ssh). */
  static passThrough = false;

  /** What to type after an interruption. */
  protected afterInterrupt: string | undefined;
  protected globals: GlobalValues = resolveGlobals({}, {});
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

  /** oclif's own would load a second configuration, one that knows of no invocation. */
  static override run<T extends Command>(
    this: new (argv: string[], config: MachineConfig) => T,
    argv: string[] = [],
    config?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    if (!isMachineConfig(config)) throw new TsmachineError('INTERNAL', `Commands are run by ${programName()} itself`);
    return new this(argv, config)['_run']();
  }

  /** The flags that the help shows; a command whose flags depend on its words (create) has more of them. */
  static helpFlags(_words: readonly string[], _env: NodeJS.ProcessEnv): Promise<FlagInput> {
    return Promise.resolve(this.flags);
  }

  /**
   * Docker Machine's grammar (argv.ts), then oclif's parser. The positional words come in `argv`, in their order.
   * @throws TsmachineError USAGE or FLAG_INVALID, naming the flag
   */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options: Interfaces.Input<F, B, A>,
    argv = this.argv,
  ): Promise<Parsed<F, B, A>> {
    const flags = { ...options.baseFlags, ...options.flags } as Interfaces.FlagInput<F & B>;
    const words = canonicalArgv(argv, flags);
    const parsed = await super.parse<F & B, Values, A>({ flags, strict: false }, words).catch((error: unknown) => {
      throw parseError(error);
    });
    this.globals = resolveGlobals(parsed.flags as GlobalFlagValues, this.invocation.env);
    // oclif's own `argv` is sorted by first occurrence, which moves repeated words
    return { ...parsed, argv: parsed.raw.flatMap((token) => (token.type === 'arg' ? [token.input] : [])) };
  }

  /** A mistake on the command line gets the usage, an interruption what to type next. `main` renders both, and all others. */
  protected override catch(error: Error): Promise<never> {
    const exit = this.invocation.interruption.exit();
    if (exit === undefined || error instanceof ExitError) return Promise.reject(withUsage(error, this.ctor));
    return Promise.reject(new TsmachineError('CANCELLED', 'Interrupted', { exit, hint: this.afterInterrupt, cause: error }));
  }

  /** Opens the store that the command line, the environment or the home folder says. */
  protected async session(io: TerminalIo = this.io): Promise<Session> {
    const [{ openSession }, { defaultStorePath }] = await Promise.all([import('../session.js'), import('../system/home.js')]);
    const {
      env,
      interruption: { signal },
    } = this.invocation;
    const { storagePath, githubToken } = this.globals;
    return openSession({
      storePath: storagePath ?? defaultStorePath(env),
      io,
      signal,
      env,
      secrets: githubToken === '' ? {} : { githubToken },
    });
  }

  /** The one machine of a command that takes one: named, or "default" (spec 1.6). */
  protected async oneMachine(words: readonly string[]): Promise<{ session: Session; name: string }> {
    const given = oneOrNone(words);
    const session = await this.session();
    const { resolveNames } = await import('../machine/choose/each.js');
    const [name = ''] = await resolveNames(session.store, given === undefined ? [] : [given]);
    return { session, name };
  }

  /** Does `work` on every machine named, or on "default". */
  protected async onAll<T>(words: readonly string[], work: MachineWork<T>, options: { prefixed?: boolean } = {}): Promise<T[]> {
    const session = await this.session();
    const { resolveNames, loadAll } = await import('../machine/choose/each.js');
    const names = await resolveNames(session.store, words);
    await loadAll(session.store, names);
    return this.onNames(names, work, options);
  }

  /** Does `work` on these machines at once and tells how each ended. */
  protected async onNames<T>(
    names: readonly string[],
    work: MachineWork<T>,
    options: { prefixed?: boolean; limit?: number } = {},
  ): Promise<T[]> {
    const { onMachines } = await import('./many.js');
    const { debug } = this.invocation;
    return onMachines(names, this.io, { limit: 16, debug, ...options }, async (name, io) => work(await this.session(io), name));
  }

  /** Asks on stderr; undefined at the end of input. */
  protected async ask(question: string): Promise<string | undefined> {
    const { askLine } = await import('./terminal/prompt.js');
    const {
      screen,
      progress,
      interruption: { signal },
    } = this.invocation;
    return progress.pause(() => askLine(question, screen, signal));
  }

  /** Data on stdout. */
  protected print(text: string): void {
    this.invocation.progress.write(this.invocation.screen.stdout, text);
  }

  /** A result: JSON with --json, else what `text` says. */
  protected show(result: unknown, text: () => string): void {
    this.print(this.invocation.json ? JSON.stringify(result, speak, 2) : text());
  }
}
