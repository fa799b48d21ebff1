import { quorumOf } from '../model/quorum.js';

/** How far an engine's raft log is, as far as its files tell: the log itself is encrypted. */
export interface RaftState {
  /** Index of the first entry of the newest segment of its log. */
  readonly index: number;
  /** Bytes in that segment. */
  readonly used: number;
  /** Seconds since 1970. */
  readonly changed: number;
}

/**
 * Which of the managers that are left knows most: every change was agreed on by more than half of all managers, and not each of those
 * that are left needs to have been among them. Undefined when none is left.
 */
export function bestSurvivor<T extends RaftState>(candidates: readonly T[]): T | undefined {
  const [best] = [...candidates].sort((a, b) => b.index - a.index || b.used - a.used || b.changed - a.changed);
  return best;
}

/** The managers of a swarm that has lost its quorum. */
export interface Left {
  readonly total: number;
  /** They answer. */
  readonly running: readonly string[];
  /** They are there and only have to be started. */
  readonly off: readonly string[];
  /** They wait for their key. */
  readonly locked: readonly string[];
}

/** Whether the quorum would be back if these managers were only started and unlocked. */
export function canComeBack({ total, running, off, locked }: Left): boolean {
  return off.length + locked.length > 0 && running.length + off.length + locked.length >= quorumOf(total);
}
