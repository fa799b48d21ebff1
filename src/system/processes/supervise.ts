import type { ChildProcess } from 'node:child_process';

import { systemCode } from '../../base/errors.js';

/** Milliseconds a program has after SIGTERM, and its children have to let go of its output after its end. */
const grace = 2000;
const drain = 1000;
/** Node fires a timer beyond this at once. */
const longestTimer = 2 ** 31 - 1;

/** Whether programs are started as leaders of a process group of their own; Windows would open a console window instead. */
export const ownGroup = process.platform !== 'win32';

export interface Watch {
  readonly timedOut: boolean;
  /** To be called when the result is there. */
  done(): void;
}

/**
 * Ends a program and all it started when its time is over, when the signal says so, or when this program ends.
 * A child that keeps the program's output open after its end (a daemon) is not waited for.
 * @param limits timeout: milliseconds.
 */
export function supervise(child: ChildProcess, limits: { readonly timeout: number; readonly signal: AbortSignal | undefined }): Watch {
  const timers = new Set<NodeJS.Timeout>();
  const later = (milliseconds: number, work: () => void) => {
    timers.add(setTimeout(work, milliseconds));
  };
  const state = { timedOut: false, stopping: false };
  const stop = () => {
    state.stopping = true;
    killAll(child, 'SIGTERM');
    later(grace, () => {
      killAll(child, 'SIGKILL');
    });
  };
  const onOurEnd = () => {
    killAll(child, 'SIGTERM');
  };
  child.once('exit', () => {
    later(drain, () => {
      if (state.stopping) killAll(child, 'SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
  });
  later(Math.min(limits.timeout, longestTimer), () => {
    state.timedOut = true;
    stop();
  });
  limits.signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', onOurEnd);
  return {
    get timedOut() {
      return state.timedOut;
    },
    done() {
      for (const timer of timers) clearTimeout(timer);
      limits.signal?.removeEventListener('abort', stop);
      process.removeListener('exit', onOurEnd);
    },
  };
}

function killAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!ownGroup) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error; // they have ended by themselves
  }
}
