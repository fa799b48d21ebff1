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
