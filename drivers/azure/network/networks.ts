import { TsmachineError } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import type { Arm, VirtualNetwork } from '../api.js';
import type { Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { ensureNamed } from '../life/named.js';
import { kinds, storeThing, types, type Named } from '../naming/names.js';
import { isOfStore, storeTags } from '../naming/tags.js';
import type { Grouping } from './groups.js';

export interface NetworkRequest {
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly subnet: string;
  readonly prefix: string;
}

const usualSubnet = 'machines';
const usualPrefix = '192.168.0.0/16';

/** Which network a machine is to have. @param group its resource group */
export function namedNetwork(config: Config, group: string, store: string): Named {
  const [name = '', within = group] = config.virtualNetwork.split(':').reverse();
  return { subscription: config.subscription, group: within || group, type: types.network, name: name || storeNetwork(config, store) };
}

/** A store has one for each form that is asked for. */
function storeNetwork({ location, subnet, subnetPrefix }: Config, store: string): string {
  const more = [...(subnet === '' ? [] : [subnet]), ...(subnetPrefix === usualPrefix ? [] : [subnetPrefix.replace('/', '-')])];
  return [storeThing(store, location), ...more].join('-').slice(0, 64);
}

/** Undefined when there is none. */
export async function readNetwork(arm: Arm, { group, name }: Pick<Named, 'group' | 'name'>): Promise<VirtualNetwork | undefined> {
  try {
    return await arm.call('Microsoft.Network/virtualNetworks/read', ({ network }) => network.virtualNetworks.get(group, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The subnet of a network that exists, and that is used as it is.
 * @returns its id @throws TsmachineError FLAG_INVALID, FLAG_MISSING naming the flag
 */
export function subnetIn(there: VirtualNetwork, { subnet, location, virtualNetwork }: Config): string {
  const name = there.name ?? virtualNetwork;
  if (there.location !== undefined && there.location.replaceAll(' ', '').toLowerCase() !== location)
    throw new TsmachineError(
      'FLAG_INVALID',
      `The virtual network ${name} is in ${there.location}, and the machine is to be in ${location} (--azure-vnet, --azure-location)`,
    );
  const all = there.subnets ?? [];
  const names = all.map((one) => one.name ?? '');
  const found = all.find((one) =>
    subnet === '' ? all.length === 1 || one.name === 'default' : one.name?.toLowerCase() === subnet.toLowerCase(),
  );
  if (found?.id !== undefined) return found.id;
  if (subnet === '')
    throw new TsmachineError(
      'FLAG_MISSING',
      `The virtual network ${name} has the subnets ${names.join(', ')}: name one with --azure-subnet`,
    );
  const near = nearest(subnet, names);
  throw new TsmachineError('FLAG_INVALID', `The virtual network ${name} has no subnet ${subnet} (--azure-subnet)`, {
    hint: near === undefined ? `It has ${names.join(', ') || 'none'}` : `Did you mean ${near}?`,
  });
}

/**
 * The subnet of a new machine. A network of the store is made where it is missing; any other is used as it is.
 * @returns the subnet's id
 */
export async function ensureSubnet({ config, ctx, arm, group }: Grouping, isCertain: boolean): Promise<string> {
  const { store } = await ctx.owner();
  const named = namedNetwork(config, group, store);
  if (config.virtualNetwork !== '' && config.virtualNetwork !== storeNetwork(config, store)) {
    const there = await readNetwork(arm, named);
    if (there && !isOfStore(there, store)) return subnetIn(there, config);
    if (!there) refuseToMake(config, named, group);
  }
  const subnet = config.subnet || usualSubnet;
  const request = { group: named.group, name: named.name, location: config.location, subnet, prefix: config.subnetPrefix };
  const id = await ensureNamed<NetworkRequest>(
    {
      key: `network-${named.group}-${named.name}`,
      kind: kinds.network,
      scope: 'store',
      request,
      right: 'Microsoft.Network/virtualNetworks/write',
      // a machine of this store had it: that it has vanished shows when the interface is made
      find: async ({ id: known }) => (isCertain || known === undefined ? (await readNetwork(arm, named))?.id : known),
      put: async (wanted, note) => {
        const { id: made = '' } = await arm.call(
          'Microsoft.Network/virtualNetworks/write',
          ({ network }) =>
            network.virtualNetworks.beginCreateOrUpdateAndWait(wanted.group, wanted.name, {
              location: wanted.location,
              tags: storeTags({ store }),
              addressSpace: { addressPrefixes: [wanted.prefix] },
              // machines without a public address reach the internet all the same
              subnets: [{ name: wanted.subnet, addressPrefix: wanted.prefix, defaultOutboundAccess: true }],
            }),
          note,
        );
        return made;
      },
    },
    ctx,
    arm,
  );
  return `${id}/subnets/${subnet}`;
}

function refuseToMake({ virtualNetwork }: Config, { group: within, name }: Named, group: string): void {
  if (within === group) return;
  throw new TsmachineError(
    'FLAG_INVALID',
    `There is no virtual network ${name} in the resource group ${within} (--azure-vnet ${virtualNetwork})`,
  );
}
