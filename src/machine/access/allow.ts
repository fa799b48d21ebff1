import { TsmachineError } from '../../base/errors.js';
import { networkOf } from '../../base/network/ip-network.js';
import { openMachine } from '../machine.js';
import type { Session } from '../session.js';

/**
 * Lets networks reach SSH and the engine of a machine, in the firewall of its provider.
 * @param cidrs networks or addresses; none: this computer's own address, as the provider sees it
 * @returns the networks that could not reach them before
 * @throws TsmachineError FLAG_INVALID for what is no network; DRIVER_UNSUPPORTED where nothing is closed, or the firewall is the user's own
 */
export async function allowAccess(session: Session, name: string, cidrs: readonly string[]): Promise<readonly string[]> {
  const networks = cidrs.map((cidr) => {
    const network = networkOf(cidr);
    if (network !== undefined) return network;
    throw new TsmachineError('FLAG_INVALID', `--cidr must be an address or a network such as 203.0.113.0/24, not ${JSON.stringify(cidr)}`);
  });
  const { driver, data, ctx, module } = await openMachine(session, name);
  if (driver.allow) return driver.allow(data, ctx, networks);
  throw new TsmachineError('DRIVER_UNSUPPORTED', `The driver ${module.name} closes nothing, so there is nothing to open for ${name}`);
}
