import { TsmachineError, type ErrorCode } from '../core/errors.js';
import { nearest } from '../system/nearest.js';
import { catalogue, type CatalogueEntry } from './catalogue.js';
import type { CommandClass, Invocation } from './command.js';
import { debugWanted } from './globals.js';
import { listenForInterrupts } from './interrupt.js';
import { Progress } from './progress.js';
import { programName } from './program.js';
import { errorJson, renderError } from './render-error.js';
import { processScreen, type Screen } from './screen.js';
import { splitCommandLine, type CommandLine } from './split.js';
import { findCommandWords, verbsOf } from './topic.js';

const usageCodes: readonly ErrorCode[] = ['USAGE', 'FLAG_INVALID', 'FLAG_MISSING'];

/** The whole program: runs one command line, then ends the process whatever sockets a command left open. */
export async function main(argv: readonly string[]): Promise<void> {
  const screen = processScreen(process.env);
  const exit = await runCommandLine(argv, process.env, screen);
  await Promise.all([drained(screen.stdout), drained(screen.stderr)]);
  process.exitCode = exit;
  setTimeout(() => process.exit(), 0).unref(); // not at once: whoever called may have something to do first
}

/** Runs one command line and returns its exit status. Every error ends here, as words. */
export async function runCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv, screen: Screen): Promise<number> {
  const progress = new Progress(screen);
  const report = { debug: argv.includes('--debug'), json: false };
  const interruption = listenForInterrupts({
    tell: (text) => { progress.write(screen.stderr, text); },
    leave: (exit) => { progress.close(); process.exit(exit); },
  });
  try {
    const { leading, command, rest } = splitCommandLine(argv);
    const passThrough = command === 'ssh';
    report.debug = debugWanted(passThrough ? leading : argv, env);
    report.json = !passThrough && asksFor(rest, ['--json']);
    return await dispatch({ leading, command, rest }, { line: argv, env, screen, progress, interruption, ...report });
  } catch (error) {
    const exit = interruption.exit();
    if (report.json) progress.write(screen.stdout, JSON.stringify(errorJson(error), undefined, 2));
    const rendered = renderError(error, report);
    progress.close();
    if (!report.json) progress.write(screen.stderr, rendered.text);
    return exit ?? rendered.exit;
  } finally {
    progress.close();
    interruption.dispose();
  }
}

async function dispatch({ leading, command, rest }: CommandLine, base: Omit<Invocation, 'argv' | 'leading'>): Promise<number> {
  const asked = command === 'help' ? rest.filter((word) => !word.startsWith('-')) : [command ?? 'help', ...rest];
  if (asked.length === 0 || asked[0] === 'help') return printGlobalHelp(base);
  const { entry, words } = findCommand(asked);
  const { default: Command } = await entry.load();
  const argv = command === 'help' ? rest.filter((word) => !entry.name.split(' ').includes(word)) : words;
  if (command === 'help' || asksFor(Command.passThrough ? words.slice(0, 1) : words, ['-h', '--help', '-help'])) {
    const { commandHelp } = await import('./help.js');
    base.progress.write(base.screen.stdout, commandHelp(await Command.helpFor(entry.name, argv, base.env)));
    return 0;
  }
  const instance = new Command({ ...base, leading, argv });
  try {
    await instance.run();
    return instance.exitStatus;
  } catch (error) {
    const exit = base.interruption.exit();
    const hint = instance.afterInterrupt;
    if (exit !== undefined) throw new TsmachineError('CANCELLED', 'Interrupted', { exit, hint, cause: error });
    throw await withUsage(error, entry.name, Command);
  }
}

async function printGlobalHelp({ progress, screen }: Pick<Invocation, 'progress' | 'screen'>): Promise<number> {
  const [{ globalHelp }, { packageVersion }] = await Promise.all([import('./help.js'), import('../system/package.js')]);
  progress.write(screen.stdout, globalHelp(catalogue, packageVersion()));
  return 0;
}

function findCommand(words: readonly string[]): { entry: CatalogueEntry; words: readonly string[] } {
  const names = catalogue.map(({ name }) => name);
  const found = findCommandWords(words, (name) => names.includes(name));
  const entry = catalogue.find(({ name }) => name === found?.name);
  if (entry && found) return { entry, words: found.rest };
  const program = programName();
  const [name = ''] = words;
  const verbs = verbsOf(name, names);
  if (verbs.length > 0) {
    throw new TsmachineError('USAGE', `${program} ${name}: say what to do`, { hint: verbs.map((verb) => `${program} ${name} ${verb}`).join('\n') });
  }
  const near = nearest(name, names);
  throw new TsmachineError('USAGE', `${program}: '${name}' is not a ${program} command. See '${program} --help'.`, {
    hint: near === undefined ? undefined : `Did you mean '${near}'?`,
  });
}

/** A mistake on the command line is followed by how the line should look. */
async function withUsage(error: unknown, name: string, { flags, usage }: CommandClass): Promise<unknown> {
  if (!TsmachineError.is(error) || !usageCodes.includes(error.code)) return error;
  const { usageLine } = await import('./help.js');
  const hint = [error.hint, usageLine({ name, flags, usage }), `See '${programName()} ${name} --help'.`].filter((line) => line !== undefined);
  return new TsmachineError(error.code, error.message, { cause: error, exit: error.exit, hint: hint.join('\n') });
}

function asksFor(words: readonly string[], flags: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => flags.includes(word));
}

/** Resolves when everything written has left the process, or its reader has. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => { stream.write('', () => { resolve(); }); });
}
