import { quorumOf } from '../model/quorum.js';

/** How far an engine's raft log goes, judged by its files because the log itself is encrypted. */
export interface RaftState {
  /** Index of the first entry of the newest segment of its log. */
  readonly index: number;
  /** Bytes in that segment. */
  readonly used: number;
  /** Seconds since 1970. */
  readonly changed: number;
}

/**
 * The remaining manager that knows most. A change was agreed on by more than half of all managers, so some of those that remain may not
 * have it. Undefined when none remains.
 */
export function bestSurvivor<T extends RaftState>(candidates: readonly T[]): T | undefined {
  const [best] = [...candidates].sort((a, b) => b.index - a.index || b.used - a.used || b.changed - a.changed);
  return best;
}

/** The managers of a swarm that has lost its quorum. */
export interface RemainingManagers {
  readonly total: number;
  /** Those that answer. */
  readonly running: readonly string[];
  /** Those whose machines exist and only have to be started. */
  readonly off: readonly string[];
  /** Those that wait for their unlock key. */
  readonly locked: readonly string[];
}

/** Whether starting and unlocking these managers would bring the quorum back. */
export function canComeBack({ total, running, off, locked }: RemainingManagers): boolean {
  return off.length + locked.length > 0 && running.length + off.length + locked.length >= quorumOf(total);
}
