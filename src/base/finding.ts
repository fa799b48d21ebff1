import type { Text } from './text.js';

export type Level = 'ok' | 'warning' | 'fault';

/** What one check found. Codes of checks are stable: scripts may look for them. */
export interface Finding {
  readonly check: string;
  /** Absent for what concerns several machines, the store or this computer. */
  readonly machine?: string;
  readonly level: Level;
  readonly message: Text;
  /** What to type, or to do, next. */
  readonly fix?: Text;
}
