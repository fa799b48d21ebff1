import { atMost } from '../system/at-most.js';
import type { Finding } from '../base/findings.js';
import type { Session } from '../machine/session.js';
import { once } from '../driver/kit/turns.js';
import { ifKnown, startChecks } from './check.js';
import { computerChecks } from './computer.js';
import { readClient } from './docker-client.js';
import { examineMachine } from './machine.js';
import { storeChecks } from './store.js';

export type { Finding, Level } from '../base/findings.js';

/** How many machines are examined at once: each costs a login and a handshake. */
const machinesAtOnce = 16;
/** Milliseconds for everything about one machine. */
const machineTimeout = 45_000;

export interface ExamineOptions {
  /** Milliseconds for each machine; default 45 000. */
  readonly machineTimeout?: number;
}

/**
 * Looks for what is wrong, or soon will be, with the store, this computer and machines. Changes nothing. Problems are findings, never
 * errors.
 * @param names the machines to examine; all when empty
 * @returns findings about the store, this computer and each machine, in this order
 */
export async function examine(session: Session, names: readonly string[], options: ExamineOptions = {}): Promise<Finding[]> {
  const { signal } = session;
  const client = once(() => readClient(session));
  const store = startChecks(storeChecks, session, signal);
  const chosen = names.length > 0 ? [...new Set(names)] : ((await ifKnown(session.store.names())) ?? []);
  const limit = atMost(machinesAtOnce);
  const timeout = options.machineTimeout ?? machineTimeout;
  const [machines] = await Promise.all([
    Promise.all(chosen.map((name) => limit(() => examineMachine(session, name, { client, timeout })))),
    store.done,
  ]);
  const computer = startChecks(computerChecks, { session, client, machines }, signal);
  await computer.done;
  return [...store.findings(), ...computer.findings(), ...machines.flatMap(({ findings }) => findings)];
}
