import { atMost } from '../system/at-most.js';
import type { Session } from '../machine/session.js';
import { checkAuthority } from './authority.js';
import { checkClient } from './client.js';
import { type Finding, Findings } from '../base/findings.js';
import { checkDeleted, checkLeftovers } from './leftovers.js';
import { examineMachine } from './machine.js';
import { checkPointers } from './pointers.js';
import { checkStore } from './store.js';

export type { Finding, Level } from '../base/findings.js';

/** Machines looked at together: each costs a login and a handshake. */
const together = 16;
/** Milliseconds for everything about one machine. */
const machineTimeout = 45_000;

export interface ExamineOptions {
  /** Milliseconds for each machine; default 45 000. */
  readonly machineTimeout?: number;
}

/**
 * Looks for what is or soon will be wrong with the store, this computer and machines (all of them when none is named), and changes
 * nothing. Whatever is broken is a finding, never an error.
 */
export async function examine(session: Session, names: readonly string[], options: ExamineOptions = {}): Promise<Finding[]> {
  const computer = new Findings(session.signal);
  await checkStore(session, computer);
  const all = (await computer.attempt('store', () => session.store.names())) ?? [];
  const chosen = names.length > 0 ? [...new Set(names)] : all;
  const [client] = await Promise.all([
    checkClient(session, computer),
    computer.attempt('ca', () => checkAuthority(session, computer)),
    computer.attempt('locks', () => checkLeftovers(session, computer)),
    computer.attempt('gc', () => checkDeleted(session, computer)),
  ]);
  const limit = atMost(together);
  const timeout = options.machineTimeout ?? machineTimeout;
  const examined = await Promise.all(chosen.map((name) => limit(() => examineMachine(session, name, { client, timeout }))));
  const pointers = new Findings(session.signal);
  await checkPointers(session, pointers, examined);
  return [...computer.list, ...examined.flatMap(({ findings }) => findings), ...pointers.list];
}
