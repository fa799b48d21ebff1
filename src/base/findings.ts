import { TsmachineError } from './errors.js';
import type { Text } from './text.js';

export type Level = 'ok' | 'warning' | 'fault';

/** The result of one check. The names of checks are stable: scripts may rely on them. */
export interface Finding {
  readonly check: string;
  /** Absent when it concerns several machines, the store or this computer. */
  readonly machine?: string;
  readonly level: Level;
  readonly message: Text;
  /** The command to run, or what to do, next. */
  readonly fix?: Text;
}

/** Collects the findings of the checks of one machine, or of the computer. They are kept when a later check fails or times out. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #signal: AbortSignal;
  readonly #machine: string | undefined;

  constructor(signal: AbortSignal, machine?: string) {
    this.#signal = signal;
    this.#machine = machine;
  }

  add(level: Level, check: string, message: Text, fix?: Text): void {
    const subject = this.#machine === undefined ? {} : { machine: this.#machine };
    this.list.push({ check, ...subject, level, message, ...(fix === undefined || level === 'ok' ? {} : { fix }) });
  }

  ok(check: string, message: Text): void {
    this.add('ok', check, message);
  }

  warning(check: string, message: Text, fix?: Text): void {
    this.add('warning', check, message, fix);
  }

  fault(check: string, message: Text, fix?: Text): void {
    this.add('fault', check, message, fix);
  }

  /** Runs a check. An error becomes a finding and does not stop other checks; the result is undefined then. */
  async attempt<T>(check: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      const { text, hint } = TsmachineError.from(error);
      this.fault(check, text, hint);
      return undefined;
    }
  }
}
