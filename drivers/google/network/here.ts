import type { DriverContext } from '../../../src/driver/contract.js';
import { addressHere as address } from '../../../src/driver/kit/cloud/access/here.js';
import type { Config } from '../config.js';

/** This computer's address, as the machine's network sees it. @throws TsmachineError DOWNLOAD, FLAG_INVALID naming the flags */
export function addressHere({ own }: Pick<Config, 'own'>, ctx: Pick<DriverContext, 'fetchText' | 'signal'>): Promise<string> {
  const families = own.ipv6 ? ([4, 6] as const) : ([4] as const);
  return address({ lookup: own.addressLookup, defaultLookup: 'https://checkip.amazonaws.com', families, instead }, ctx);
}

const instead =
  'Say from where with --google-allowed-cidr CIDR, or name another service with --google-address-lookup URL; ' +
  'with --google-firewall-readonly no rule is made';
