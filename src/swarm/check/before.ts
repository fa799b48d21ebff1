import type { Finding } from '../../base/findings.js';
import { evaluateMembers } from './rules/evaluate.js';
import { type CheckSettings, defaultSettings, validateSettings } from './rules/settings.js';
import type { Session } from '../../machine/session.js';
import { chooseMachines, inspectMachines } from './machines.js';

export type CheckFinding = Finding;

/**
 * The cheap part of the check, for a caller that is about to create a swarm or to join machines to one: one remote command on each host
 * and one request to each engine, but no packets between the hosts.
 * @returns what speaks against a swarm of these machines; empty when nothing does
 * @throws TsmachineError MACHINE_NOT_FOUND, FLAG_INVALID
 */
export async function checkBeforeSwarm(
  session: Session,
  machines: readonly string[],
  settings: Partial<CheckSettings> = {},
): Promise<CheckFinding[]> {
  const wanted = { ...defaultSettings, ...settings };
  validateSettings(wanted);
  const inspected = await inspectMachines(session, await chooseMachines(session, machines));
  await Promise.all(
    inspected.map(async ({ connection }) => {
      await connection?.close();
    }),
  );
  return [
    ...inspected.flatMap(({ findings }) => findings.list),
    ...evaluateMembers(
      inspected.map(({ member }) => member),
      wanted,
    ),
  ];
}
