import type { DriverContext } from '../../../src/driver/contract.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import type { Arm, Interface, PublicAddress } from '../api.js';
import { readConfig, type Own } from '../config.js';
import { partsOf } from '../naming/names.js';
import { readAddress } from '../network/address.js';
import { readInterface } from '../network/interface.js';

interface Keeping {
  readonly ctx: Pick<DriverContext, 'data' | 'keep'>;
  readonly arm: Arm;
}

/** Keeps the machine's addresses; those that are known already are not asked for. */
export async function keepAddresses({ ctx, arm }: Keeping): Promise<void> {
  const { own, reachedPrivately } = readConfig(ctx.data());
  const [nic, address] = await Promise.all([own.privateIp === '' ? interfaceOf(arm, own) : undefined, addressOf(arm, own)]);
  const privateIp = own.privateIp || privateIpOf(nic);
  const publicIp = address?.ipAddress ?? '';
  await ctx.keep({
    IPAddress: reachedPrivately ? privateIp : publicIp,
    ...ownPatch<Own>(ctx.data(), { privateIp, fqdn: address?.dnsSettings?.fqdn ?? '' }),
  });
}

export async function interfaceOf(arm: Arm, { interfaceId }: Pick<Own, 'interfaceId'>): Promise<Interface | undefined> {
  const named = partsOf(interfaceId);
  return named && readInterface(arm, named);
}

export async function addressOf(arm: Arm, { addressId }: Pick<Own, 'addressId'>): Promise<PublicAddress | undefined> {
  const named = partsOf(addressId);
  return named && readAddress(arm, named);
}

export function privateIpOf(nic: Interface | undefined): string {
  const all = nic?.ipConfigurations ?? [];
  return (all.find(({ primary }) => primary === true) ?? all[0])?.privateIPAddress ?? '';
}
