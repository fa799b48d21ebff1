import { list, same, text, type Json } from '../../world/json.js';
import type { Stored, Subscription } from '../../world/world.js';

export const types = {
  network: 'Microsoft.Network/virtualNetworks',
  subnet: 'Microsoft.Network/virtualNetworks/subnets',
  group: 'Microsoft.Network/networkSecurityGroups',
  rule: 'Microsoft.Network/networkSecurityGroups/securityRules',
  address: 'Microsoft.Network/publicIPAddresses',
  nic: 'Microsoft.Network/networkInterfaces',
  machine: 'Microsoft.Compute/virtualMachines',
};

export interface IpConfiguration {
  readonly nic: Stored;
  readonly id: string;
  readonly body: Json;
}

export function ipConfigurations(subscription: Subscription): IpConfiguration[] {
  return subscription.of(types.nic).flatMap((nic) =>
    list(nic.body, 'properties.ipConfigurations').map((body) => ({
      nic,
      id: `${nic.id}/ipConfigurations/${text(body, 'name') ?? ''}`,
      body,
    })),
  );
}

export function inSubnet(subscription: Subscription, subnet: string): IpConfiguration[] {
  return ipConfigurations(subscription).filter(({ body }) => same(text(body, 'properties.subnet.id'), subnet));
}

export function withAddress(subscription: Subscription, address: string): IpConfiguration | undefined {
  return ipConfigurations(subscription).find(({ body }) => same(text(body, 'properties.publicIPAddress.id'), address));
}

/** Interfaces and subnets with a security group. */
export function withGroup(subscription: Subscription, group: string): { nics: Stored[]; subnets: string[] } {
  const nics = subscription.of(types.nic).filter(({ body }) => same(text(body, 'properties.networkSecurityGroup.id'), group));
  const subnets = subscription.of(types.network).flatMap((network) =>
    list(network.body, 'properties.subnets')
      .filter((subnet) => same(text(subnet, 'properties.networkSecurityGroup.id'), group))
      .map((subnet) => `${network.id}/subnets/${text(subnet, 'name') ?? ''}`),
  );
  return { nics, subnets };
}

/** The machine that has an interface. */
export function withInterface(subscription: Subscription, nic: string): Stored | undefined {
  return subscription
    .of(types.machine)
    .find(({ body }) => list(body, 'properties.networkProfile.networkInterfaces').some((each) => same(text(each, 'id'), nic)));
}

/** A subnet by its id, with its network. */
export function subnetNamed(subscription: Subscription, id: string): { network: Stored; subnet: Json } | undefined {
  const [, networkId = '', name = ''] = /^(.*)\/subnets\/([^/]+)$/i.exec(id) ?? [];
  const network = subscription.get(networkId);
  const subnet = network && list(network.body, 'properties.subnets').find((each) => same(text(each, 'name'), name));
  return network && subnet ? { network, subnet } : undefined;
}
