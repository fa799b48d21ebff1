import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { TsmachineError } from '../errors.js';
import type { Machine } from '../machine.js';
import type { NodeAddresses } from '../../swarm/join.js';

/** What a command or a file says of a node's addresses; each an IP address or an interface of the host. */
export interface GivenAddresses {
  readonly advertiseAddr?: string | undefined;
  readonly listenAddr?: string | undefined;
  readonly dataPathAddr?: string | undefined;
}

/**
 * The addresses a machine takes part in a swarm with: those given, else its private address, else its best one.
 * @throws TsmachineError MACHINE_STATE when it has none, SWARM_JOIN for a name that stands for no address
 */
export async function nodeAddresses(machine: Machine, given: GivenAddresses): Promise<NodeAddresses> {
  return { ...given, advertiseAddr: given.advertiseAddr ?? await ownAddress(machine) };
}

/** The address of a machine that other machines reach it under, as far as its driver can tell. */
async function ownAddress(machine: Machine): Promise<string> {
  const { addresses } = await machine.driver.endpoint(machine.data, machine.ctx);
  const best = addresses.find(({ scope }) => scope === 'private') ?? addresses[0];
  if (!best) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no address yet`, { hint: `tsmachine status ${machine.name}` });
  if (isIP(best.ip) !== 0) return best.ip;
  try {
    return (await lookup(best.ip)).address; // engines take no names
  } catch (cause) {
    throw new TsmachineError('SWARM_JOIN', `The address of ${machine.name} is "${best.ip}", which no IP address is known for`, {
      cause, hint: 'Say which address of the host the swarm is to use: --advertise-addr',
    });
  }
}
