import { networkOf } from '../../../src/base/network/ip-network.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { addressHere as address, type Here } from '../../../src/driver/kit/cloud/access/here.js';
import type { Config } from '../config.js';

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
export function addressHere({ own, reachedByIpv6, ipv6Count }: Config, ctx: World): Promise<string> {
  const families: Here['families'] = reachedByIpv6 ? [6] : ipv6Count > 0 ? [4, 6] : [4];
  return address({ lookup: own.addressLookup, defaultLookup: 'https://checkip.amazonaws.com', families, instead }, ctx);
}

const instead =
  'Say from where with --amazonec2-allowed-cidr CIDR, or name another service with --amazonec2-address-lookup URL; ' +
  'a group of your own (--amazonec2-security-group) is not changed';
