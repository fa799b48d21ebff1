import { isIP } from 'node:net';

import { readCluster, withSettings } from '../engine/cluster.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import { networksOf } from '../model/networks.js';
import type { PlanProblem, SeenMachine, SeenSwarm } from '../plan/plan.js';
import { TsmachineError } from '../../base/errors.js';
import { nodeAddresses } from '../members/addresses.js';
import { namesInterface } from '../members/interface-address.js';
import type { Member } from '../reach/member.js';
import type { Swarm } from '../reach/swarm.js';
import { differences } from './differences.js';
import type { Wanted } from '../steps/wanted.js';

/** Describes a swarm that was just inspected as plain data to plan with. */
export async function describeSwarm(swarm: Swarm, { settings }: SwarmDeclaration, wanted: ReadonlyMap<string, Wanted>): Promise<SeenSwarm> {
  const { record, nodes, manager } = swarm;
  const others = await machinesOfOthers(swarm);
  const networks = networksOf([...wanted.values()].map(({ placed }) => placed));
  const machines = new Map<string, SeenMachine>();
  for (const [name, member] of swarm.members) {
    const described = await describeMachine(swarm, member, wanted.get(name), others.get(name));
    machines.set(name, networks.length === 0 ? described : { ...described, publicAddresses: await publicAddresses(member) });
  }
  const now = manager && (await readCluster(manager.engine));
  return {
    cluster: record.cluster,
    first: record.first,
    record: record.members,
    machines,
    nodes,
    networks,
    acrossNetworks: record.acrossNetworks === true,
    settings: now && { now, wanted: await withSettings(now.spec, settings) },
    silence: record.cluster !== undefined && !manager ? asProblem(swarm.whyNoManager()) : undefined,
  };
}

async function describeMachine(
  swarm: Swarm,
  member: Member,
  wanted: Wanted | undefined,
  otherSwarm: string | undefined,
): Promise<SeenMachine> {
  const { name, machine, unfinished, state, addresses = [], membership, error } = member;
  const exists = machine !== undefined || unfinished || state !== undefined || error !== undefined;
  const begun = unfinished || error?.code === 'MACHINE_INCOMPLETE';
  const finished = machine !== undefined && !begun;
  return {
    exists,
    unfinished: begun,
    driver: machine?.config.DriverName,
    state,
    addresses: addresses.every((address) => isIP(address) !== 0) ? addresses : [],
    membership,
    error: error && asProblem(error),
    addressFault: wanted && (await addressFault(swarm, member, wanted)),
    otherSwarm,
    differs: finished && wanted ? differences(machine.config, await swarm.session.store.readFacts(name), wanted) : [],
  };
}

async function publicAddresses({ machine, state }: Member): Promise<readonly string[]> {
  if (!machine || state !== 'Running') return [];
  return (await machine.where()).addresses.flatMap(({ ip, scope }) => (scope === 'public' ? [ip] : []));
}

/** A member that is to join with the address of an interface: its host is asked whether that is one address. */
async function addressFault(swarm: Swarm, { machine, membership }: Member, { member }: Wanted): Promise<SeenMachine['addressFault']> {
  const { advertiseAddr, listenAddr, dataPathAddr } = member;
  if (!machine || !membership || membership.state === 'active') return undefined;
  if (![advertiseAddr, listenAddr, dataPathAddr].some(namesInterface)) return undefined;
  try {
    await nodeAddresses(swarm, machine, member);
    return undefined;
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'SWARM_JOIN') return asProblem(error);
    throw error;
  }
}

function asProblem(error: TsmachineError): Omit<PlanProblem, 'blocks'> {
  const { code, text: message, hint } = error;
  return { code, message, hint };
}

/** Machines that are in other swarms of the store, with the swarm's name. */
async function machinesOfOthers({
  name,
  session: {
    store: { swarms },
  },
}: Swarm): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const other of await swarms.names()) {
    if (other === name) continue;
    for (const machine of Object.keys((await swarms.find(other))?.members ?? {})) found.set(machine, other);
  }
  return found;
}
