import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

import { TsmachineError } from '../../base/errors.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long the current step may take before a message says that it is being finished, in milliseconds. */
const messageDelay = 300;

export interface Interruption {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP). */
  readonly signal: AbortSignal;
  /** 128 plus the number of the signal, once one has arrived. */
  exit(): number | undefined;
  dispose(): void;
}

/**
 * Handles signals: the first one aborts the work, so that it can clean up; the second one ends the process at once.
 * @param host prints a message; ends the process
 */
export function listenForInterrupts(host: { print(text: string): void; exitNow(status: number): void }): Interruption {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every call to a machine listens, so many listeners are not a leak
  let exit: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (exit !== undefined) return host.exitNow(exit);
    exit = 128 + constants.signals[name];
    controller.abort(new TsmachineError('CANCELLED', 'Interrupted', { exit }));
    timer = setTimeout(() => {
      host.print('Finishing the current step; press Ctrl-C again to stop at once');
    }, messageDelay).unref();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exit: () => exit,
    dispose() {
      clearTimeout(timer);
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
