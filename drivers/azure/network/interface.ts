import type { Arm, Interface } from '../api.js';
import { isNotFound } from '../errors.js';
import { ensureNamed } from '../life/named.js';
import { kinds, namesOf, type Named } from '../naming/names.js';
import { machineTags } from '../naming/tags.js';
import type { Placing } from './address.js';

export interface InterfaceRequest {
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly subnetId: string;
  readonly groupId: string;
  /** Of the public address; empty: none. */
  readonly addressId: string;
  /** A certain private address; empty: any. */
  readonly privateIp: string;
  readonly accelerated: boolean;
}

export const interfaceKey = 'interface';

/** Undefined when there is none. */
export async function readInterface(arm: Arm, { group, name }: Pick<Named, 'group' | 'name'>): Promise<Interface | undefined> {
  try {
    return await arm.call('Microsoft.Network/networkInterfaces/read', ({ network }) => network.networkInterfaces.get(group, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

type Parts = Pick<InterfaceRequest, 'subnetId' | 'groupId' | 'addressId' | 'accelerated'>;

/**
 * A machine's network interface; its public address goes with the machine.
 * @param seen is told the private address, where that is known without asking @returns its id
 */
export function ensureInterface(
  { config, ctx, arm, owner, group }: Placing,
  parts: Parts,
  seen: (privateIp: string) => Promise<void>,
): Promise<string> {
  const { nic: name } = namesOf(config, owner);
  return ensureNamed<InterfaceRequest>(
    {
      key: interfaceKey,
      kind: kinds.nic,
      scope: 'machine',
      request: { group, name, location: config.location, privateIp: config.privateIp, ...parts },
      right: 'Microsoft.Network/networkInterfaces/write',
      find: async () => (await readInterface(arm, { group, name }))?.id,
      put: async (wanted, note) => {
        const { id = '', ipConfigurations: [first] = [] } = await arm.call(
          'Microsoft.Network/networkInterfaces/write',
          ({ network }) =>
            network.networkInterfaces.beginCreateOrUpdateAndWait(wanted.group, wanted.name, {
              location: wanted.location,
              tags: machineTags(owner, config.tags),
              networkSecurityGroup: { id: wanted.groupId },
              ...(wanted.accelerated ? { enableAcceleratedNetworking: true } : {}),
              ipConfigurations: [configurationOf(wanted)],
            }),
          note,
        );
        await seen(first?.privateIPAddress ?? '');
        return id;
      },
    },
    ctx,
    arm,
  );
}

/** Pure. */
export function configurationOf({ subnetId, addressId, privateIp }: Pick<InterfaceRequest, 'subnetId' | 'addressId' | 'privateIp'>) {
  return {
    name: 'ip',
    primary: true,
    subnet: { id: subnetId },
    ...(privateIp === '' ? { privateIPAllocationMethod: 'Dynamic' } : { privateIPAllocationMethod: 'Static', privateIPAddress: privateIp }),
    ...(addressId === '' ? {} : { publicIPAddress: { id: addressId, deleteOption: 'Delete' } }),
  };
}
