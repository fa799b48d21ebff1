import { TsmachineError } from '../../../src/base/errors.js';
import { networkOf } from '../../../src/base/network/ip-network.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Config } from '../config.js';

const defaultLookup = 'https://checkip.amazonaws.com';

type World = Pick<DriverContext, 'fetchText' | 'signal'>;

/**
 * The networks from which SSH and the engine of a machine may be reached: what the user said, else this computer's public address.
 * @param inside the networks of the VPC: who reaches a machine by its private address comes from there
 * @throws TsmachineError DOWNLOAD, FLAG_INVALID naming the flags
 */
export async function allowedNetworks(config: Config, ctx: World, inside: () => Promise<readonly string[]>): Promise<readonly string[]> {
  if (config.own.allowedCidrs.length > 0) return config.own.allowedCidrs;
  return config.reachedPrivately ? inside() : [networkOf(await addressHere(config, ctx)) ?? ''];
}

/** This computer's address, as the machine's network sees it. @throws TsmachineError DOWNLOAD, FLAG_INVALID naming the flags */
export async function addressHere(config: Config, { fetchText, signal }: World): Promise<string> {
  const url = config.own.addressLookup || defaultLookup;
  const address = await fetchText(url).then(
    (text) => text.trim(),
    (error: unknown) => {
      signal.throwIfAborted();
      const { code, message } = TsmachineError.from(error);
      throw new TsmachineError(code, `${whose} is not known: ${message}`, { hint: instead, cause: error });
    },
  );
  const family = networkOf(address) === undefined || address.includes('/') ? undefined : address.includes(':') ? 6 : 4;
  if (family === undefined) {
    const answer = JSON.stringify(address.slice(0, 80));
    throw new TsmachineError('DOWNLOAD', `${whose} is not known: ${url} answers ${answer}, which is no address`, { hint: instead });
  }
  if (family === 4 ? config.reachedByIpv6 : !config.reachedByIpv6 && config.ipv6Count === 0) {
    const reached = family === 4 ? 'the machine is reached by IPv6' : 'the machine has no IPv6 address';
    throw new TsmachineError('FLAG_INVALID', `${url} says that this computer has the address ${address}, but ${reached}`, {
      hint: instead,
    });
  }
  return address;
}

const whose = "This computer's public address, from which SSH and the engine may be reached,";
const instead =
  'Say from where with --amazonec2-allowed-cidr CIDR, or name another service with --amazonec2-address-lookup URL; ' +
  'a group of your own (--amazonec2-security-group) is not changed';

/** Whether these networks are all addresses of a family. */
export function isEverybody(network: string): boolean {
  return network.endsWith('/0');
}
