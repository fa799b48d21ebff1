import { onEach } from '../machine/choose/each.js';
import { TsmachineError } from '../base/errors.js';
import { renderError } from './output/render-error.js';
import type { TerminalIo } from './terminal/terminal-io.js';

export interface ManyOptions {
  /** How many machines at the same time. */
  readonly limit: number;
  /** Puts the name of the machine in front of every line when there are several. The messages of most commands contain it already. */
  readonly prefixed?: boolean;
  readonly debug: boolean;
  /** Aborted by Ctrl-C: what fails from then on failed because of it, and the caller says so once for all machines. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` on every machine at the same time. Each has its own progress line, and a failure is printed when it happens.
 * @returns the results in the order of the names
 * @throws the error itself for a single machine; SEVERAL_FAILED with the names of the failed machines for several
 */
export async function onMachines<T>(
  names: readonly string[],
  io: TerminalIo,
  options: ManyOptions,
  work: (name: string, io: TerminalIo) => Promise<T>,
): Promise<T[]> {
  const [only] = names;
  if (only !== undefined && names.length === 1) return [await work(only, io.forMachine(only, false))];
  const outcomes = await onEach(names, options.limit, async (name) => {
    const own = io.forMachine(name, options.prefixed === true);
    try {
      return await work(name, own);
    } catch (error) {
      if (!isCancelled(error) && options.signal?.aborted !== true) io.error(`${name}: ${renderError(error, options).text}`);
      throw error;
    } finally {
      own.finished();
    }
  });
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []));
  if (failed.length > 0) {
    const which = failed.map(({ name }) => name).join(', ');
    throw new TsmachineError('SEVERAL_FAILED', `${failed.length} of ${names.length} machines failed: ${which}`, {
      exit: commonExit(failed, names),
    });
  }
  return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
}

/** The exit status shared by all machines when all failed (a flag that is wrong for each, say); else 1. */
function commonExit(failed: readonly { error: unknown }[], names: readonly string[]): number {
  const exits = new Set(failed.map(({ error }) => TsmachineError.from(error).exit));
  const [exit = 1] = exits;
  return failed.length === names.length && exits.size === 1 ? exit : 1;
}

function isCancelled(error: unknown): boolean {
  return TsmachineError.is(error) && error.code === 'CANCELLED';
}
