import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { TsmachineError } from '../../base/errors.js';
import { lines, run } from '../../base/text.js';
import type { Address } from '../../base/machine.js';
import type { Machine } from '../../machine/machine.js';
import type { Swarm } from '../reach/swarm.js';
import type { Session } from '../../machine/session.js';
import { advertisedFault, dataPathFault, listenFault } from '../model/node-address.js';
import { isAddressFault, type NodeAddresses } from '../engine/init-join-leave.js';
import { hostAddresses } from '../reach/host-addresses.js';
import { addressOfInterface, namesInterface } from './interface-address.js';

/** A node's addresses as a command or a file gives them; each is an IP address or an interface of the host. */
export interface GivenAddresses {
  readonly advertiseAddr?: string | undefined;
  readonly listenAddr?: string | undefined;
  readonly dataPathAddr?: string | undefined;
}

/**
 * The addresses a machine takes part in a swarm with: those given, each interface resolved to its address; else its private address when
 * all members are in one place, and nobody has said that others may come; else its public one.
 * @throws TsmachineError MACHINE_STATE when it has none, SWARM_JOIN for a name without an address, and for an interface with none or
 * several
 */
export async function nodeAddresses(swarm: Swarm, machine: Machine, given: GivenAddresses): Promise<NodeAddresses> {
  const { advertiseAddr, ...others } = await resolved(swarm.session, machine, given);
  if (advertiseAddr !== undefined) return { ...others, advertiseAddr };
  const isSpread =
    swarm.record.acrossNetworks === true ||
    [...swarm.members.values()].some(({ machine: other }) => other !== undefined && other.place !== machine.place);
  return { ...others, advertiseAddr: await ownAddress(machine, isSpread ? 'public' : 'private') };
}

/** A host that cannot be asked leaves it to its engine to resolve them. */
async function resolved(session: Session, machine: Machine, { advertiseAddr, listenAddr, dataPathAddr }: GivenAddresses) {
  const all = { advertiseAddr, listenAddr, dataPathAddr };
  if (!Object.values(all).some(namesInterface)) return all;
  const there = await hostAddresses(session, machine);
  if (!there) return all;
  const known = (await machine.where()).addresses.map(({ ip }) => ip);
  const resolve = (text: string | undefined) => (namesInterface(text) ? addressOfInterface(machine.name, text, there, known) : text);
  return { advertiseAddr: resolve(advertiseAddr), listenAddr: resolve(listenAddr), dataPathAddr: resolve(dataPathAddr) };
}

/** Checks the given addresses before any engine is asked. @throws TsmachineError FLAG_INVALID */
export function checkAddresses({ advertiseAddr, listenAddr, dataPathAddr }: GivenAddresses): void {
  const rows: [flag: string, given: string | undefined, faultOf: (text: string) => string | undefined][] = [
    ['--advertise-addr', advertiseAddr, advertisedFault],
    ['--listen-addr', listenAddr, listenFault],
    ['--data-path-addr', dataPathAddr, dataPathFault],
  ];
  for (const [flag, given, faultOf] of rows) {
    const fault = given === undefined ? undefined : faultOf(given);
    if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `${flag}: ${JSON.stringify(given)} ${fault}`);
  }
}

/** Does work that gives addresses to an engine. When its host does not have them, the error lists those it has. */
export async function namingAddresses<T>(session: Session, machine: Machine, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!TsmachineError.is(error) || !isAddressFault(error)) throw error;
    const there = await hostAddresses(session, machine);
    if (!there) throw error;
    const list = there.map((one) => `${one.ip} (${one.interface})`).join(', ');
    const hint = lines([error.hint, `${machine.name} has ${list === '' ? 'no address' : list}`]);
    throw new TsmachineError(error.code, error.text, { cause: error, hint });
  }
}

/** The address that other machines reach a machine under, as far as its driver knows. */
async function ownAddress(machine: Machine, wanted: Address['scope']): Promise<string> {
  const { addresses } = await machine.where();
  const best = addresses.find(({ scope }) => scope === wanted) ?? addresses[0];
  if (!best) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no address yet`, { hint: run('status', machine.name) });
  if (isIP(best.ip) !== 0) return best.ip;
  try {
    return (await lookup(best.ip)).address; // engines take no names
  } catch (cause) {
    throw new TsmachineError('SWARM_JOIN', `The address of ${machine.name} is "${best.ip}", and no IP address is known for that name`, {
      cause,
      hint: 'Say which address of the host the swarm is to use: --advertise-addr',
    });
  }
}
