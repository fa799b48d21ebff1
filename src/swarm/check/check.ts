import { pairFindings } from './rules/blocked.js';
import { evaluateMembers, inForce } from './rules/evaluate.js';
import type { Member } from './rules/facts.js';
import { pairResults, type PairResult } from './rules/pairs.js';
import { type CheckSettings, defaultSettings, validateSettings } from './rules/settings.js';
import { takenFindings } from './rules/taken.js';
import { TsmachineError } from '../../base/errors.js';
import type { Finding } from '../../base/finding.js';
import type { Session } from '../../machine/session.js';
import { chooseMachines, visitAll, type Visited } from './visits.js';
import { probeAll } from './probe.js';
import { remedies } from './remedy.js';

export type { PairResult } from './rules/pairs.js';

export interface CheckRequest extends Partial<CheckSettings> {
  /** Machines that are or will be managers. Default: those of the swarm that is there, else all. */
  readonly managers?: readonly string[];
}

export interface SwarmCheck {
  readonly machines: readonly { readonly name: string; readonly address?: string; readonly manager: boolean }[];
  /** Every check from every machine to every other one. */
  readonly pairs: readonly PairResult[];
  readonly findings: readonly Finding[];
}

/**
 * Whether these machines (all that run, when none is named) and the network between them allow a swarm. Nothing of it stays on the hosts.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_STATE, FLAG_INVALID; what is broken is a finding
 */
export async function checkSwarm(
  session: Session,
  names: readonly string[],
  { managers, ...settings }: CheckRequest = {},
): Promise<SwarmCheck> {
  const wanted: CheckSettings = { ...defaultSettings, ...settings };
  validateSettings(wanted);
  const machines = await chooseMachines(session, names);
  const stranger = managers?.find((name) => !machines.some((machine) => machine.name === name));
  if (stranger !== undefined) {
    throw new TsmachineError('FLAG_INVALID', `${stranger} cannot be a manager: it is not among the machines that are checked`);
  }
  session.io.progress(`Looking at ${machines.length === 1 ? '1 machine' : `${machines.length} machines`}`);
  const all = await visitAll(session, machines);
  try {
    const visited = withRoles(all, managers);
    warnOfSettled(session, visited, settings);
    return await checkVisited(session, visited, wanted);
  } finally {
    await Promise.all(
      all.map(async ({ connection }) => {
        await connection?.close();
      }),
    );
  }
}

async function checkVisited(session: Session, visited: readonly Visited[], wanted: CheckSettings): Promise<SwarmCheck> {
  const members = visited.map(({ member }) => member);
  const settings = inForce(members, wanted);
  const accounts = await probeAll(session, visited, settings);
  const pairs = pairResults(
    members.map(({ name, address = '', manager }) => ({ name, address, manager })),
    accounts,
    settings,
  );
  const findings = [
    ...visited.flatMap((one) => one.findings.list),
    ...pairFindings(pairs, members, settings, await remedies(session, visited, pairs)),
    ...takenFindings(members, accounts),
    ...evaluateMembers(members, settings),
  ];
  const told = members.map(({ name, address, manager }) => ({ name, ...(address !== undefined && { address }), manager }));
  return { machines: told, pairs, findings };
}

/** Port and pools are settled for good when a swarm is made. */
function warnOfSettled(session: Session, visited: readonly Visited[], { dataPathPort, pools }: Partial<CheckSettings>): void {
  const settled = visited.find(({ member }) => member.engine?.settled)?.member.engine?.settled;
  if (!settled) return;
  const told = `has data path port ${settled.dataPathPort} and pool ${settled.pools.join(', ')}, which cannot be changed: they are checked`;
  const differs =
    (dataPathPort ?? settled.dataPathPort) !== settled.dataPathPort || (pools ?? settled.pools).join() !== settled.pools.join();
  if (differs) session.io.warn(`The swarm that is there ${told}`);
}

function withRoles(visited: readonly Visited[], managers: readonly string[] | undefined): Visited[] {
  const active = visited.flatMap(({ member: { name, engine } }) => (engine?.manager === true ? [name] : []));
  const named = managers ?? (active.length > 0 ? active : undefined);
  return visited.map((one) => ({ ...one, member: { ...one.member, manager: named?.includes(one.member.name) ?? true } satisfies Member }));
}
