import type { DriverContext, Owner } from '../../../src/driver/contract.js';
import type { Arm, PublicAddress } from '../api.js';
import type { Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { ensureNamed } from '../life/named.js';
import { kinds, namesOf, type Named } from '../naming/names.js';
import { machineTags } from '../naming/tags.js';

export interface AddressRequest {
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly dnsLabel: string;
}

export const addressKey = 'address';

/** Undefined when there is none. */
export async function readAddress(arm: Arm, { group, name }: Pick<Named, 'group' | 'name'>): Promise<PublicAddress | undefined> {
  try {
    return await arm.call('Microsoft.Network/publicIPAddresses/read', ({ network }) => network.publicIPAddresses.get(group, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export interface Placing {
  readonly config: Config;
  readonly ctx: DriverContext;
  readonly arm: Arm;
  readonly owner: Owner;
  /** The resource group, which exists. */
  readonly group: string;
}

/**
 * A machine's public address. Azure has no others than Standard ones any more: they stay, and are for every zone.
 * @returns its id; undefined when none is wanted
 */
export async function ensureAddress({ config, ctx, arm, owner, group }: Placing): Promise<string | undefined> {
  if (config.noPublicIp) return undefined;
  const { address: name } = namesOf(config, owner);
  return ensureNamed<AddressRequest>(
    {
      key: addressKey,
      kind: kinds.address,
      scope: 'machine',
      request: { group, name, location: config.location, dnsLabel: config.dnsLabel },
      right: 'Microsoft.Network/publicIPAddresses/write',
      find: async () => (await readAddress(arm, { group, name }))?.id,
      put: async (wanted, note) => {
        const { id = '' } = await arm.call(
          'Microsoft.Network/publicIPAddresses/write',
          ({ network }) =>
            network.publicIPAddresses.beginCreateOrUpdateAndWait(wanted.group, wanted.name, {
              location: wanted.location,
              sku: { name: 'Standard' },
              publicIPAllocationMethod: 'Static',
              publicIPAddressVersion: 'IPv4',
              tags: machineTags(owner, config.tags),
              ...(wanted.dnsLabel === '' ? {} : { dnsSettings: { domainNameLabel: wanted.dnsLabel } }),
            }),
          note,
        );
        return id;
      },
    },
    ctx,
    arm,
  );
}
