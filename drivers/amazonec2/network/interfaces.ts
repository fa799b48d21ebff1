import type { Address } from '../../../src/driver/contract.js';
import type { Input, Output } from '../api.js';
import type { Config } from '../config.js';

type Wanted = NonNullable<Input<'RunInstances'>['NetworkInterfaces']>[number];
export type Instance = NonNullable<NonNullable<NonNullable<Output<'DescribeInstances'>['Reservations']>[number]['Instances']>[number]>;

/** The network interfaces of RunInstances, all tagged by its TagSpecifications of `network-interface`. Pure. */
export function interfacesOf(
  _config: Config,
  { subnetId, groups }: { readonly subnetId: string; readonly groups: readonly string[] },
): Wanted[] {
  return [{ DeviceIndex: 0, SubnetId: subnetId, Groups: [...groups], AssociatePublicIpAddress: true, DeleteOnTermination: true }];
}

/** Every address of an instance, the one by which this machine is to be reached first. Pure. */
export function addressesOf(instance: Instance, config: Pick<Config, 'reachedPrivately'>): Address[] {
  const at = (ip: string | undefined, scope: Address['scope']): Address[] => (ip === undefined || ip === '' ? [] : [{ ip, scope }]);
  const [outside, inside] = [at(instance.PublicIpAddress, 'public'), at(instance.PrivateIpAddress, 'private')];
  return config.reachedPrivately ? [...inside, ...outside] : [...outside, ...inside];
}
