import type { Finding } from '../../finding.js';
import { evaluateMembers } from '../../../swarm/check/evaluate.js';
import { type CheckSettings, defaultSettings, validateSettings } from '../../../swarm/check/settings.js';
import type { Session } from '../../session.js';
import { chooseMachines, visitAll } from './members.js';

export type CheckFinding = Finding;

/**
 * The cheap part of the check, for who is about to make a swarm or to join machines to one: one remote command on each host and one
 * question to each engine, nothing between them.
 * @returns what speaks against it; empty when nothing does
 * @throws TsmachineError MACHINE_NOT_FOUND, FLAG_INVALID
 */
export async function checkBeforeSwarm(
  session: Session, machines: readonly string[], settings: Partial<CheckSettings> = {},
): Promise<CheckFinding[]> {
  const wanted = { ...defaultSettings, ...settings };
  validateSettings(wanted);
  const visited = await visitAll(session, await chooseMachines(session, machines));
  await Promise.all(visited.map(async ({ connection }) => { await connection?.close(); }));
  return [...visited.flatMap(({ findings }) => findings.list), ...evaluateMembers(visited.map(({ member }) => member), wanted)];
}
