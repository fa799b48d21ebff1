import { networkOf } from '../../../src/base/network/ip-network.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { addressHere as address } from '../../../src/driver/kit/cloud/access/here.js';
import type { Config } from '../config.js';

type World = Pick<DriverContext, 'fetchText' | 'signal'>;

/**
 * The networks from which SSH and the engine of a machine may be reached: what the user said, else this computer's public address. Who
 * reaches it by its private address comes from its network, which Azure lets in without a rule.
 * @throws TsmachineError DOWNLOAD, FLAG_INVALID naming the flags
 */
export async function allowedNetworks(config: Config, ctx: World): Promise<readonly string[]> {
  if (config.own.allowedCidrs.length > 0) return config.own.allowedCidrs;
  return config.reachedPrivately ? [] : [networkOf(await addressHere(config, ctx)) ?? ''];
}

/** This computer's address, as the machine's network sees it. @throws TsmachineError DOWNLOAD, FLAG_INVALID naming the flags */
export function addressHere({ own }: Config, ctx: World): Promise<string> {
  return address({ lookup: own.addressLookup, defaultLookup: 'https://checkip.amazonaws.com', families: [4], instead }, ctx);
}

const instead =
  'Say from where with --azure-allowed-cidr CIDR, or name another service with --azure-address-lookup URL; ' +
  'a group of your own (--azure-nsg) is not changed';
