import { isIP } from 'node:net';

import { atMost } from '../../system/at-most.js';
import type { Address } from '../../base/machine.js';
import type { SshConnection } from '../../ssh/types.js';
import type { InspectedHost, CheckedMember } from './rules/facts.js';
import { connectTo } from '../../machine/access/connection.js';
import { Findings } from '../../base/findings.js';
import { run, say } from '../../base/text.js';
import { loadAll, onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { openMachine, type Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';
import { inspectEngine, inspectHost } from './inspect.js';

/** Milliseconds for a login. The check does not wait for a host that is booting. */
const loginTimeout = 6000;
/** How many machines are inspected at the same time. */
const concurrency = 32;

/** A machine that was inspected, with the connection that was used. */
export interface InspectedMachine {
  readonly member: CheckedMember;
  readonly connection?: SshConnection;
  /** What could not be inspected. */
  readonly findings: Findings;
}

/**
 * The named machines, or all running machines of the store when none is named.
 * @throws TsmachineError MACHINE_NOT_FOUND and the like; MACHINE_STATE when none is named and none runs
 */
export async function chooseMachines(session: Session, names: readonly string[]): Promise<Machine[]> {
  if (names.length > 0) {
    const unique = [...new Set(names)];
    await loadAll(session.store, unique);
    return Promise.all(unique.map((name) => openMachine(session, name)));
  }
  const outcomes = await onEach(await session.store.names(), concurrency, async (name) => {
    const machine = await openMachine(session, name);
    return !machine.module.features.powerControl || (await machine.look()).state === 'Running' ? [machine] : [];
  });
  session.signal.throwIfAborted();
  const machines = outcomes.flatMap((outcome) => {
    if ('value' in outcome) return outcome.value;
    session.io.warn(say`${outcome.name} is not checked: ${TsmachineError.from(outcome.error).text}`);
    return [];
  });
  if (machines.length > 0) return machines;
  throw new TsmachineError('MACHINE_STATE', 'No machine of the store is running', {
    hint: say`${run('ls')} lists them, ${run('start', 'NAME')} starts one`,
  });
}

/** Inspects every machine. The caller closes the connections. */
export async function inspectMachines(session: Session, machines: readonly Machine[]): Promise<InspectedMachine[]> {
  const limit = atMost(concurrency);
  return Promise.all(machines.map((machine) => limit(() => inspectMachine(session, machine))));
}

/** Inspects a host over one connection, and its engine at the same time. What fails is a finding. */
async function inspectMachine(session: Session, machine: Machine): Promise<InspectedMachine> {
  const { name } = machine;
  const findings = new Findings(session.signal, name);
  const endpoint = await findings.attempt('address', async () => {
    await refuseStopped(machine);
    return machine.where();
  });
  if (!endpoint) return { member: { name, manager: true }, findings };
  const inspectOverSsh = async () => {
    if (!endpoint.ssh) return {};
    const connection = await findings.attempt('ssh', () => connectTo(session, machine, { within: loginTimeout }));
    const host = connection && (await findings.attempt('host', () => inspectHost(connection, name)));
    return { ...(connection && { connection }), ...(host && { host }) };
  };
  const [{ connection, host }, engine] = await Promise.all([
    inspectOverSsh(),
    findings.attempt('engine', () => inspectEngine(session, machine)),
  ]);
  const address = addressAmong(endpoint.addresses, host);
  const member = { name, manager: true, ...(address !== undefined && { address }), ...(host && { host }), ...(engine && { engine }) };
  return { member, ...(connection && { connection }), findings };
}

/** Only for drivers that know the state: for the others, the failed login says more. */
async function refuseStopped(machine: Machine): Promise<void> {
  if (!machine.module.features.powerControl) return;
  const { state } = await machine.look();
  if (state === 'Running') return;
  throw new TsmachineError('MACHINE_STATE', `The machine is ${state.toLowerCase()}`, { hint: run('start', machine.name) });
}

/** The address for the other machines: preferably one that the host has itself (no NAT), and a private one rather than a public one. */
export function addressAmong(addresses: readonly Address[], host: InspectedHost | undefined): string | undefined {
  const literal = addresses.filter(({ ip }) => isIP(ip) !== 0);
  const own = literal.filter(({ ip }) => host?.addresses.some((address) => address.ip === ip));
  const [best] = [own, literal].flatMap((some) => some.find(({ scope }) => scope === 'private') ?? some[0] ?? []);
  return best?.ip ?? host?.addresses[0]?.ip;
}
