import { messageOf } from '../../base/errors.js';
import type { DriverData } from '../../base/machine.js';
import { say } from '../../base/text.js';
import type { Driver, PortRule } from '../../driver/contract.js';
import { accountContext, accountsOf } from '../../machine/access/driver-context.js';
import type { Machine } from '../../machine/machine.js';
import type { Swarm } from '../reach/swarm.js';

/** What the members of a swarm need of each other; 4789 is the usual data path port. ESP carries encrypted overlay networks. */
function rulesOf(dataPathPort = 4789): PortRule[] {
  return [
    { protocol: 'tcp', port: 2377 },
    { protocol: 'tcp', port: 7946 },
    { protocol: 'udp', port: 7946 },
    { protocol: 'udp', port: dataPathPort },
    { protocol: 'esp' },
  ];
}

interface Account {
  readonly openPorts: NonNullable<Driver['openPorts']>;
  readonly machines: Machine[];
}

/**
 * Has the drivers of all members open what members need of each other, before some of them join: each account gets the whole set.
 * Nothing is asked where the machines' networks are open among them.
 * @param joining machines that are not in the record yet
 */
export async function openMemberPorts(swarm: Swarm, joining: readonly string[], dataPathPort?: number): Promise<void> {
  const { session, name, record } = swarm;
  const names = new Set([...Object.keys(record.members), ...joining]);
  const machines = [...swarm.members.values()].flatMap((member) => (names.has(member.name) && member.machine ? [member.machine] : []));
  const accounts = byAccount(swarm, machines);
  if (accounts.size === 0) return;
  const addresses = new Map(await Promise.all(machines.map(async (machine) => [machine, (await machine.where()).addresses] as const)));
  for (const { openPorts, machines: own } of accounts.values()) {
    const [first] = own;
    if (!first) continue;
    const peers = machines
      .filter((machine) => !own.includes(machine))
      .flatMap((machine) => (addresses.get(machine) ?? []).map(({ ip }) => ip));
    const members = new Map<string, DriverData>(own.map((machine) => [machine.name, machine.data]));
    await openPorts(members, accountContext(session, first.module), { swarm: name, peers, rules: rulesOf(dataPathPort) });
  }
}

/**
 * Has the drivers close what they opened for a swarm that has ended. A rule that stays lets nobody in but the machines that were its
 * members, so a failure is a warning.
 */
export async function closeMemberPorts({ session, name, members }: Pick<Swarm, 'session' | 'name' | 'members'>): Promise<void> {
  const machines = [...members.values()].flatMap(({ machine }) => machine ?? []);
  for (const { openPorts, machines: own } of byAccount({ session }, machines).values()) {
    const [first] = own;
    if (!first) continue;
    const data = new Map<string, DriverData>(own.map((machine) => [machine.name, machine.data]));
    try {
      await openPorts(data, accountContext(session, first.module), { swarm: name, peers: [], rules: [] });
    } catch (error) {
      session.signal.throwIfAborted();
      session.io.warn(say`What was opened for swarm "${name}" could not be closed again: ${messageOf(error)}`);
    }
  }
}

/** Members by account, of those drivers that open ports. */
function byAccount({ session }: Pick<Swarm, 'session'>, machines: readonly Machine[]): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const machine of machines) {
    const { driver } = machine;
    if (!driver.openPorts) continue;
    const key = accountsOf(session, machine)(machine.data);
    const account = accounts.get(key) ?? { openPorts: driver.openPorts.bind(driver), machines: [] };
    account.machines.push(machine);
    accounts.set(key, account);
  }
  return accounts;
}
