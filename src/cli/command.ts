import type { Session } from '../core/session.js';
import { TsmachineError } from '../core/errors.js';
import type { FlagInput } from './flags.js';
import type { GlobalValues } from './globals.js';
import type { CommandHelp } from './help.js';
import type { Interruption } from './interrupt.js';
import { oneOrNone } from './names.js';
import { parseLine, type ParsedLine } from './parse.js';
import type { Progress } from './progress.js';
import { programName } from './program.js';
import type { Screen } from './screen.js';
import { TerminalIo } from './terminal-io.js';

/** What one run of a command is given by `main`. */
export interface Invocation {
  /** Global flags that stood before the command. */
  readonly leading: readonly string[];
  /** The words after the command. */
  readonly argv: readonly string[];
  /** The whole command line, for hints that repeat it. */
  readonly line: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
  readonly progress: Progress;
  readonly interruption: Interruption;
  readonly debug: boolean;
  readonly json: boolean;
}

type MachineWork<T> = (session: Session, name: string) => Promise<T>;

/**
 * What every command shares. It has the shape that oclif's manifest and tools read, and uses oclif's flags and parser, but it does not
 * extend oclif's own base class: that one brings the configuration, plug-in and help machinery, half again Node's own start-up time.
 */
export abstract class MachineCommand {
  static summary = '';
  static description: string | undefined;
  /** What follows the flags on the usage line. */
  static usage = '[arg...]';
  /** One command line for the help, without the program's name. */
  static example = '';
  static flags: FlagInput = {};
  /** Where finished facts are printed: commands whose stdout is data keep `stderr`. */
  static infoTo: 'stdout' | 'stderr' = 'stderr';
  /** Nothing behind the command is parsed (ssh). */
  static passThrough = false;
  static strict = false;

  /** The exit status when nothing is thrown. */
  exitStatus = 0;
  /** What to type after an interruption. */
  afterInterrupt: string | undefined;

  protected readonly invocation: Invocation;
  protected readonly io: TerminalIo;

  constructor(invocation: Invocation) {
    this.invocation = invocation;
    const { screen, progress, interruption: { signal }, debug, json } = invocation;
    const { infoTo } = this.constructor as typeof MachineCommand;
    this.io = new TerminalIo({ screen, progress, signal, debug, infoTo: json ? 'stderr' : infoTo });
  }

  abstract run(): Promise<void>;

  /** What oclif recognises a command by. A command is run by `main`, which gives it its invocation. */
  static run(): never {
    throw new TsmachineError('INTERNAL', `Commands are run by ${programName()} itself`);
  }

  /** The material of `--help`; a command whose flags depend on its words (create) overrides it. */
  static helpFor(name: string, _argv: readonly string[], _env: NodeJS.ProcessEnv): Promise<CommandHelp> {
    const { summary, description, usage, example, flags } = this;
    return Promise.resolve({ name, summary, description, usage, example, flags });
  }

  protected parse<F extends FlagInput>(flags: F): Promise<ParsedLine<F>> {
    const { leading, argv, env } = this.invocation;
    return parseLine([...leading, ...argv], flags, env);
  }

  /** Opens the store that the command line, the environment or the home folder says. */
  protected async session(globals: GlobalValues, io: TerminalIo = this.io): Promise<Session> {
    const [{ openSession }, { defaultStorePath }] = await Promise.all([import('../core/session.js'), import('../system/home.js')]);
    const { env, interruption: { signal } } = this.invocation;
    return openSession({ storePath: globals.storagePath ?? defaultStorePath(env), io, signal, env });
  }

  /** The one machine of a command that takes one: named, or "default" (spec 1.6). */
  protected async oneMachine<F extends FlagInput>(flags: F): Promise<{ session: Session; name: string; line: ParsedLine<F> }> {
    const line = await this.parse(flags);
    const given = oneOrNone(line.args);
    const session = await this.session(line.globals);
    const { resolveNames } = await import('../core/each.js');
    const [name = ''] = await resolveNames(session.store, given === undefined ? [] : [given]);
    return { session, name, line };
  }

  /** Does `work` on every machine named, or on "default". */
  protected async onAll<T>(flags: FlagInput, work: MachineWork<T>, options: { prefixed?: boolean } = {}): Promise<T[]> {
    const { args, globals } = await this.parse(flags);
    const session = await this.session(globals);
    const { resolveNames, loadAll } = await import('../core/each.js');
    const names = await resolveNames(session.store, args);
    await loadAll(session.store, names);
    return this.onNames(names, globals, work, options);
  }

  /** Does `work` on these machines at once and tells how each ended. */
  protected async onNames<T>(
    names: readonly string[], globals: GlobalValues, work: MachineWork<T>, options: { prefixed?: boolean; limit?: number } = {},
  ): Promise<T[]> {
    const { onMachines } = await import('./many.js');
    const { debug } = this.invocation;
    return onMachines(names, this.io, { limit: 16, debug, ...options }, async (name, io) => work(await this.session(globals, io), name));
  }

  /** Asks on stderr; undefined at the end of input. */
  protected async ask(question: string): Promise<string | undefined> {
    const { askLine } = await import('./prompt.js');
    const { screen, progress, interruption: { signal } } = this.invocation;
    return progress.pause(() => askLine(question, screen, signal));
  }

  /** Data on stdout. */
  protected print(text: string): void {
    this.invocation.progress.write(this.invocation.screen.stdout, text);
  }

  /** A result: JSON with --json, else what `text` says. */
  protected show(result: unknown, text: () => string): void {
    this.print(this.invocation.json ? JSON.stringify(result, undefined, 2) : text());
  }
}

/** A command as `main` handles it: what is static, and how to make one. */
export type CommandClass = Omit<typeof MachineCommand, 'prototype'> & (new (invocation: Invocation) => MachineCommand);
