import type { ChildProcess } from 'node:child_process';

import { systemCode } from '../../base/errors.js';

/** Milliseconds between SIGTERM and SIGKILL. */
const grace = 2000;
/** Milliseconds after a program's end in which its children may still write to its output. */
const drain = 1000;
/** Node fires longer timers at once. */
const longestTimer = 2 ** 31 - 1;

/** Whether programs are started in a process group of their own; on Windows that would open a console window. */
export const ownGroup = process.platform !== 'win32';

export interface Supervision {
  readonly timedOut: boolean;
  /** Must be called once the program has ended. */
  done(): void;
}

/**
 * Ends a program and everything it started on timeout, when the signal is aborted, or when this program ends.
 * It does not wait for a child (a daemon) that keeps the program's output open after its end.
 * @param limits timeout: milliseconds; Infinity for none
 */
export function supervise(
  child: ChildProcess,
  limits: { readonly timeout: number; readonly signal: AbortSignal | undefined },
): Supervision {
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
  child.once('exit', () => {
    later(drain, () => {
      if (state.stopping) killAll(child, 'SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
  });
  if (limits.timeout !== Infinity) {
    later(Math.min(limits.timeout, longestTimer), () => {
      state.timedOut = true;
      stop();
    });
  }
  limits.signal?.addEventListener('abort', stop, { once: true });
  running.add(child);
  if (running.size === 1) process.once('exit', endRunning);
  return {
    get timedOut() {
      return state.timedOut;
    },
    done() {
      for (const timer of timers) clearTimeout(timer);
      limits.signal?.removeEventListener('abort', stop);
      running.delete(child);
      if (running.size === 0) process.removeListener('exit', endRunning);
    },
  };
}

/** One listener for all of them: Node takes more than ten for a leak, and says so on standard error. */
const running = new Set<ChildProcess>();

function endRunning(): void {
  for (const child of running) killAll(child, 'SIGTERM');
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
    if (systemCode(error) !== 'ESRCH') throw error; // they have already ended
  }
}
