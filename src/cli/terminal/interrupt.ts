import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

import { TsmachineError } from '../../base/errors.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long the present step may go on before a person is told that it is being finished, in milliseconds. */
const patience = 300;

export interface Interruption {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP). */
  readonly signal: AbortSignal;
  /** 128 and the signal's number once one arrived. */
  exit(): number | undefined;
  dispose(): void;
}

/** The first signal aborts the work so that it ends in order; the second ends the process at once. */
export function listenForInterrupts(host: { tell(text: string): void; leave(exit: number): void }): Interruption {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every call to every machine listens: a hundred at once are no leak
  let exit: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (exit !== undefined) return host.leave(exit);
    exit = 128 + constants.signals[name];
    controller.abort(new TsmachineError('CANCELLED', 'Interrupted', { exit }));
    timer = setTimeout(() => {
      host.tell('Finishing the present step; press Ctrl-C again to stop at once');
    }, patience).unref();
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
