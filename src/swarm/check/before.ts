import type { Finding } from '../../base/finding.js';
import { evaluateMembers } from './rules/evaluate.js';
import { type CheckSettings, defaultSettings, validateSettings } from './rules/settings.js';
import type { Session } from '../../machine/session.js';
import { chooseMachines, visitAll } from './visits.js';

export type CheckFinding = Finding;

/**
 * The cheap part of the check, for who is about to make a swarm or to join machines to one: one remote command on each host and one
 * question to each engine, nothing between them.
 * @returns what speaks against it; empty when nothing does
 * @throws TsmachineError MACHINE_NOT_FOUND, FLAG_INVALID
 */
export async function checkBeforeSwarm(
  session: Session,
  machines: readonly string[],
  settings: Partial<CheckSettings> = {},
): Promise<CheckFinding[]> {
  const wanted = { ...defaultSettings, ...settings };
  validateSettings(wanted);
  const visited = await visitAll(session, await chooseMachines(session, machines));
  await Promise.all(
    visited.map(async ({ connection }) => {
      await connection?.close();
    }),
  );
  return [
    ...visited.flatMap(({ findings }) => findings.list),
    ...evaluateMembers(
      visited.map(({ member }) => member),
      wanted,
    ),
  ];
}
