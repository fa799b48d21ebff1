import { ExitError } from '@oclif/core/errors';

import { TsmachineError } from '../base/errors.js';
import { listenToCalls } from '../system/calls.js';
import { debugWanted } from './line/globals.js';
import { listenForInterrupts } from './terminal/interrupt.js';
import { openConfig } from './line/oclif.js';
import { searchWords } from './options/driver-search.js';
import { Progress } from './terminal/progress.js';
import { errorJson, renderError } from './output/render-error.js';
import { processScreen, type Screen } from './terminal/screen.js';
import { servedDriver } from './line/program.js';
import { splitCommandLine } from './line/split.js';
import { findCommandWords } from './line/topic.js';
import { unknownCommand } from './line/usage.js';

const helpFlags = ['-h', '--help', '-help'];

/** The whole program: runs one command line, then ends the process even if the command left sockets open. */
export async function main(argv: readonly string[]): Promise<void> {
  const screen = processScreen(process.env);
  // Node ends with 0 when nothing is left to wait for, even in the middle of a command whose wait can no longer end.
  process.exitCode = 1;
  const served = servedDriver();
  // rancher-machine gives its own words to plugins
  const words = served === undefined ? argv : ['driver', 'serve', served];
  const exit = await runCommandLine(words, process.env, screen, watchForLostEnds);
  await Promise.all([drained(screen.stdout), drained(screen.stderr)]);
  process.exitCode = exit;
  setTimeout(() => process.exit(), 0).unref(); // not at once: the caller may have something to do first
}

/** Calls back with what ends a process before its command has completed. @returns what stops the watch */
type Watch = (report: (error: unknown) => void) => () => void;

/** Node has nothing left to wait for although the command is not over, or an error was thrown where nobody could catch it. */
const watchForLostEnds: Watch = (report) => {
  const onDry = () => {
    report(new TsmachineError('INTERNAL', 'The command stopped half-way: it waits for something that can no longer happen'));
  };
  const onUncaught = (error: Error) => {
    report(error);
    process.exit(1);
  };
  process.once('beforeExit', onDry);
  process.on('uncaughtException', onUncaught);
  return () => {
    process.off('beforeExit', onDry);
    process.off('uncaughtException', onUncaught);
  };
};

/**
 * Runs one command line and prints its error, if any.
 * @param watch only for a process of its own
 * @returns the exit status
 */
export async function runCommandLine(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  screen: Screen,
  watch: Watch = () => () => undefined,
): Promise<number> {
  const progress = new Progress(screen);
  const interruption = listenForInterrupts({
    print: (text) => {
      progress.write(screen.stderr, text);
    },
    exitNow: (exit) => {
      progress.close();
      process.exit(exit);
    },
  });
  const invocation = { line: argv, env, screen, progress, interruption, debug: argv.includes('--debug'), json: false };
  const fail = (error: unknown): number => {
    if (invocation.json) progress.write(screen.stdout, JSON.stringify(errorJson(error), undefined, 2));
    const rendered = renderError(error, invocation);
    progress.close();
    if (!invocation.json) progress.write(screen.stderr, rendered.text);
    return rendered.exit;
  };
  const unwatch = watch(fail);
  let stopTelling: (() => void) | undefined;
  try {
    const { leading, command = 'help', rest } = splitCommandLine(argv);
    const config = await openConfig(invocation);
    const { id = command, rest: words = rest } =
      findCommandWords([command, ...rest], (known) => config.findCommand(known) !== undefined) ?? {};
    const found = config.findCommand(id);
    const passThrough = found?.['passThrough'] === true;
    invocation.debug = debugWanted(passThrough ? leading : argv, env);
    if (invocation.debug) stopTelling = tellCalls(progress, screen);
    invocation.json = !passThrough && includesFlag(words, ['--json']);
    // not oclif's run(): it looks for hooks and the help class in separate files, but the built program is one file
    if (includesFlag(passThrough ? words.slice(0, 1) : words, helpFlags))
      await config.runCommand('help', ['--', command, ...rest, ...searchWords(leading)]);
    else if (found) await config.runCommand(id, [...leading, ...(passThrough ? ['--'] : []), ...words], found);
    else throw unknownCommand([command, ...rest], config.commands);
    return 0;
  } catch (error) {
    if (error instanceof ExitError) return error.oclif.exit ?? 0;
    const status = fail(error);
    return interruption.exit() ?? status;
  } finally {
    stopTelling?.();
    progress.close();
    interruption.dispose();
    unwatch();
  }
}

/** With --debug: every program, host, engine and server that is called, with the time it took and what came of it. */
function tellCalls(progress: Progress, { stderr }: Screen): () => void {
  return listenToCalls(({ what, milliseconds, result }) => {
    progress.write(stderr, `debug: ${what}: ${result} (${milliseconds} ms)`);
  });
}

function includesFlag(words: readonly string[], flags: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => flags.includes(word));
}

/** Resolves when everything written has left the process, or the reader has closed the stream. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
