import { pairFindings } from './rules/blocked.js';
import { evaluateMembers, settingsInForce } from './rules/evaluate.js';
import type { CheckedMember } from './rules/facts.js';
import { pairResults, type PairResult } from './rules/pairs.js';
import { type CheckSettings, defaultSettings, validateSettings } from './rules/settings.js';
import { takenFindings } from './rules/taken.js';
import { TsmachineError } from '../../base/errors.js';
import type { Finding } from '../../base/findings.js';
import type { Session } from '../../machine/session.js';
import { chooseMachines, inspectMachines, type InspectedMachine } from './machines.js';
import { probeAll } from './probe.js';
import { remedies } from './remedy.js';

export type { PairResult } from './rules/pairs.js';

export interface CheckRequest extends Partial<CheckSettings> {
  /** Machines that are or will be managers. Default: those of the swarm that exists, else all. */
  readonly managers?: readonly string[];
}

export interface SwarmCheck {
  readonly machines: readonly { readonly name: string; readonly address?: string; readonly manager: boolean }[];
  /** Every check from every machine to every other one. */
  readonly pairs: readonly PairResult[];
  readonly findings: readonly Finding[];
}

/**
 * Checks whether these machines and the network between them allow a swarm. Leaves nothing behind on the hosts.
 * @param names the machines; all running machines of the store when empty
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
  const unchecked = managers?.find((name) => !machines.some((machine) => machine.name === name));
  if (unchecked !== undefined) {
    throw new TsmachineError('FLAG_INVALID', `${unchecked} cannot be a manager: it is not one of the machines to check`);
  }
  session.io.progress(`Inspecting ${machines.length === 1 ? '1 machine' : `${machines.length} machines`}`);
  const all = await inspectMachines(session, machines);
  try {
    const inspected = withRoles(all, managers);
    warnOfOtherSettings(session, inspected, settings);
    return await checkInspected(session, inspected, wanted);
  } finally {
    await Promise.all(
      all.map(async ({ connection }) => {
        await connection?.close();
      }),
    );
  }
}

async function checkInspected(session: Session, inspected: readonly InspectedMachine[], wanted: CheckSettings): Promise<SwarmCheck> {
  const members = inspected.map(({ member }) => member);
  const settings = settingsInForce(members, wanted);
  const outputs = await probeAll(session, inspected, settings);
  const pairs = pairResults(
    members.map(({ name, address = '', manager }) => ({ name, address, manager })),
    outputs,
    settings,
  );
  const findings = [
    ...inspected.flatMap((one) => one.findings.list),
    ...pairFindings(pairs, members, settings, await remedies(session, inspected, pairs)),
    ...takenFindings(members, outputs),
    ...evaluateMembers(members, settings),
  ];
  const machines = members.map(({ name, address, manager }) => ({ name, ...(address !== undefined && { address }), manager }));
  return { machines, pairs, findings };
}

/** The data path port and the pools of a swarm cannot be changed after it was created, so they are checked instead of what is asked for. */
function warnOfOtherSettings(
  session: Session,
  inspected: readonly InspectedMachine[],
  { dataPathPort, pools }: Partial<CheckSettings>,
): void {
  const fixed = inspected.find(({ member }) => member.engine?.swarmSettings)?.member.engine?.swarmSettings;
  if (!fixed) return;
  const differs = (dataPathPort ?? fixed.dataPathPort) !== fixed.dataPathPort || (pools ?? fixed.pools).join() !== fixed.pools.join();
  if (!differs) return;
  const settings = `data path port ${fixed.dataPathPort} and pool ${fixed.pools.join(', ')}`;
  session.io.warn(`The existing swarm has ${settings}, which cannot be changed: the check uses them`);
}

function withRoles(inspected: readonly InspectedMachine[], managers: readonly string[] | undefined): InspectedMachine[] {
  const active = inspected.flatMap(({ member: { name, engine } }) => (engine?.manager === true ? [name] : []));
  const named = managers ?? (active.length > 0 ? active : undefined);
  return inspected.map((one) => ({
    ...one,
    member: { ...one.member, manager: named?.includes(one.member.name) ?? true } satisfies CheckedMember,
  }));
}
