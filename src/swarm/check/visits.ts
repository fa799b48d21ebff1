import { isIP } from 'node:net';

import { atMost } from '../../system/at-most.js';
import type { Address } from '../../base/machine.js';
import type { SshConnection } from '../../ssh/types.js';
import type { HostLook, Member } from './rules/facts.js';
import { connectTo } from '../../machine/access/connection.js';
import { Findings } from '../../base/findings.js';
import { loadAll, onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { openMachine, type Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';
import { lookAtEngine, lookAtHost } from './host-look.js';

/** Milliseconds for a login: a host that boots is not waited for. */
const loginTimeout = 6000;
const together = 32;

/** A machine that was looked at, with the connection it was looked at over. */
export interface Visited {
  readonly member: Member;
  readonly connection?: SshConnection;
  /** What could not be looked at. */
  readonly findings: Findings;
}

/**
 * The machines named, or all of the store that run.
 * @throws TsmachineError MACHINE_NOT_FOUND and the like; MACHINE_STATE when none is named and none runs
 */
export async function chooseMachines(session: Session, names: readonly string[]): Promise<Machine[]> {
  if (names.length > 0) {
    const unique = [...new Set(names)];
    await loadAll(session.store, unique);
    return Promise.all(unique.map((name) => openMachine(session, name)));
  }
  const outcomes = await onEach(await session.store.names(), together, async (name) => {
    const machine = await openMachine(session, name);
    return !machine.module.features.powerControl || (await machine.look()).state === 'Running' ? [machine] : [];
  });
  session.signal.throwIfAborted();
  const machines = outcomes.flatMap((outcome) => {
    if ('value' in outcome) return outcome.value;
    session.io.warn(`${outcome.name} is left out: ${TsmachineError.from(outcome.error).message}`);
    return [];
  });
  if (machines.length > 0) return machines;
  throw new TsmachineError('MACHINE_STATE', 'No machine of the store runs', { hint: 'tsmachine ls shows them; tsmachine start NAME' });
}

/** Looks at every machine; the connections stay open. */
export async function visitAll(session: Session, machines: readonly Machine[]): Promise<Visited[]> {
  const limit = atMost(together);
  return Promise.all(machines.map((machine) => limit(() => visit(session, machine))));
}

/** Looks at a host over one connection, and at its engine beside. What fails is a finding. */
async function visit(session: Session, machine: Machine): Promise<Visited> {
  const { name } = machine;
  const findings = new Findings(session.signal, name);
  const endpoint = await findings.attempt('address', async () => {
    await refuseStopped(machine);
    return machine.where();
  });
  if (!endpoint) return { member: { name, manager: true }, findings };
  const looked = async () => {
    if (!endpoint.ssh) return {};
    const connection = await findings.attempt('ssh', () => connectTo(session, machine, { within: loginTimeout }));
    const host = connection && (await findings.attempt('host', () => lookAtHost(connection, name)));
    return { ...(connection && { connection }), ...(host && { host }) };
  };
  const [{ connection, host }, engine] = await Promise.all([looked(), findings.attempt('engine', () => lookAtEngine(session, machine))]);
  const address = addressAmong(endpoint.addresses, host);
  const member = { name, manager: true, ...(address !== undefined && { address }), ...(host && { host }), ...(engine && { engine }) };
  return { member, ...(connection && { connection }), findings };
}

/** A host that cannot be switched on from here says more by refusing the login. */
async function refuseStopped(machine: Machine): Promise<void> {
  if (!machine.module.features.powerControl) return;
  const { state } = await machine.look();
  if (state === 'Running') return;
  throw new TsmachineError('MACHINE_STATE', `It is ${state.toLowerCase()}`, { hint: `tsmachine start ${machine.name}` });
}

/** The address that others use: one of the host's own rather than one before a NAT, a private one rather than a public one. */
export function addressAmong(addresses: readonly Address[], host: HostLook | undefined): string | undefined {
  const literal = addresses.filter(({ ip }) => isIP(ip) !== 0);
  const own = literal.filter(({ ip }) => host?.addresses.some((address) => address.ip === ip));
  const [best] = [own, literal].flatMap((some) => some.find(({ scope }) => scope === 'private') ?? some[0] ?? []);
  return best?.ip ?? host?.addresses[0]?.ip;
}
