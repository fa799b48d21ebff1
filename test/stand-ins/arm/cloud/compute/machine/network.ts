import { ArmError, badReference, missing } from '../../../front/errors.js';
import type { Arrived } from '../../../front/kinds.js';
import { dig, list, same, text, texts, type Json } from '../../../world/json.js';
import type { Stored } from '../../../world/world.js';
import { nicInUse, nicReserved } from '../../network/interfaces.js';
import { withInterface } from '../../network/used.js';
import type { Size } from '../catalogue/sizes.js';

/** The interfaces that a machine is to have. @throws ArmError */
export function checkInterfaces(body: Json, size: Size, { subscription }: Arrived, machine: string): void {
  const named = list(body, 'properties.networkProfile.networkInterfaces');
  if (dig(body, 'properties.networkProfile.networkInterfaceConfigurations') !== undefined) {
    throw new ArmError(400, 'NotPlayed', 'The stand-in does not make interfaces together with a machine.');
  }
  if (named.length === 0) throw missing('networkProfile');
  if (named.length > 1 && named.filter((each) => dig(each, 'properties.primary') === true).length !== 1) {
    const message = `Virtual machine ${machine} must have one network interface set as the primary.`;
    throw new ArmError(400, 'VirtualMachineMustHaveOneNetworkInterfaceAsPrimary', message);
  }
  if (named.length > 2) {
    const message = `The number of network interfaces for virtual machine ${machine} exceeds the maximum allowed for the virtual machine size ${size.name}. The number of network interfaces is ${named.length} and the maximum allowed is 2.`;
    throw new ArmError(400, 'NetworkInterfaceCountExceeded', message);
  }
  for (const each of named) {
    const id = text(each, 'id') ?? '';
    const nic = subscription.get(id);
    if (nic === undefined) {
      const message = `Resource ${id} referenced by resource ${machine} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
      throw new ArmError(404, 'NotFound', message);
    }
    if (text(nic.body, 'location') !== text(body, 'location')) throw badReference(id, machine);
    const user = withInterface(subscription, id);
    if (user && !same(user.id, machine)) throw nicInUse(nic.id, user.id, false);
    const reserved = subscription.reserved.get(id.toLowerCase());
    if (reserved && reserved.left > 0 && !same(reserved.machine, machine)) throw nicReserved(reserved.machine);
    if (dig(nic.body, 'properties.enableAcceleratedNetworking') === true && !size.accelerated) {
      const message = `Virtual Machine size ${size.name} is not in the allowed list of VM sizes for accelerated networking to be enabled on Network Interface ${machine}. Allowed sizes: Standard_D2s_v3, Standard_D2s_v5...`;
      throw new ArmError(400, 'VMSizeIsNotPermittedToEnableAcceleratedNetworking', message);
    }
    for (const configuration of list(nic.body, 'properties.ipConfigurations'))
      checkAddressZone(body, configuration, arrivedAddress(subscription, configuration), machine);
  }
}

/** A machine that could not be made holds its interfaces for a while. */
export function reserveInterfaces(body: Json, { subscription, world }: Pick<Arrived, 'subscription' | 'world'>, machine: string): void {
  for (const each of list(body, 'properties.networkProfile.networkInterfaces')) {
    subscription.reserved.set((text(each, 'id') ?? '').toLowerCase(), { machine, left: world.behaviour.nicReserved });
  }
}

function arrivedAddress(subscription: Arrived['subscription'], configuration: Json): Stored | undefined {
  const id = text(configuration, 'properties.publicIPAddress.id');
  return id === undefined ? undefined : subscription.get(id);
}

function checkAddressZone(body: Json, _configuration: Json, address: Stored | undefined, machine: string): void {
  const own = texts(body, 'zones');
  const zones = address === undefined ? [] : texts(address.body, 'zones');
  if (address === undefined || own.length === 0 || zones.length === 0 || own.every((zone) => zones.includes(zone))) return;
  const message =
    `Compute resource ${machine} has a zone constraint ${own.join(',')} but the PublicIPAddress ${address.id} used by the compute resource via ` +
    `NetworkInterface or LoadBalancer has a different zone constraint ${zones.join(',')}.`;
  throw new ArmError(400, 'ComputeResourceZoneIsDifferentFromPublicIPAddress', message);
}
