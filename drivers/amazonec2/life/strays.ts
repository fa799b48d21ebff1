import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2 } from '../api.js';
import { codeOf, isNotFound } from '../errors.js';
import type { Instance } from '../network/interfaces.js';
import { tagKeys } from '../tags.js';
import { eventually, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';

/** Something of a machine that is no instance and does not go with one. */
export interface Stray {
  readonly kind: string;
  readonly id: string;
}

/** Words for people, by EC2's words for types of resources. */
export const strayKinds: Readonly<Record<string, string>> = {
  'spot-instances-request': 'EC2 spot request',
  'network-interface': 'EC2 network interface',
  volume: 'EBS volume',
};

/** What has the machine's tag, but for what goes with these instances. One call. */
export async function straysOf(ec2: Ec2, machine: string, instances: readonly Instance[]): Promise<Stray[]> {
  const filters = [
    { Name: 'key', Values: [tagKeys.machine] },
    { Name: 'value', Values: [machine] },
    { Name: 'resource-type', Values: Object.keys(strayKinds) },
  ];
  const { Tags: rows = [] } = await ec2.call('DescribeTags', { Filters: filters });
  const going = new Set(instances.flatMap(goesWith));
  return Object.entries(strayKinds).flatMap(([type, kind]) =>
    rows.flatMap(({ ResourceType: of, ResourceId: id = '' }) => (of === type && !going.has(id) ? [{ kind, id }] : [])),
  );
}

/** Ids of the disks and interfaces that EC2 deletes with an instance. Pure. */
export function goesWith({ BlockDeviceMappings: disks = [], NetworkInterfaces: interfaces = [] }: Instance): string[] {
  return [
    ...disks.flatMap(({ Ebs: disk }) => (disk?.DeleteOnTermination === true ? [disk.VolumeId ?? ''] : [])),
    ...interfaces.flatMap(({ NetworkInterfaceId: id = '', Attachment: how }) => (how?.DeleteOnTermination === true ? [id] : [])),
  ];
}

/** What EC2 says while the instance that has it is still going. */
const inUse = new Set(['VolumeInUse', 'InvalidNetworkInterface.InUse', 'InvalidParameterValue', 'DependencyViolation', 'IncorrectState']);

/** Milliseconds for what had it to let it go. */
const patience = 120_000;

/** Removes it; what is gone is a success, and what is in use is waited for. */
export async function removeStray(ec2: Ec2, { kind, id }: Stray, { pace, signal }: { pace: Pace; signal: AbortSignal }): Promise<void> {
  let refusal: unknown;
  const done = await eventually(
    async () => {
      try {
        await removal(ec2, kind, id);
        return true;
      } catch (error) {
        if (isNotFound(error)) return true;
        if (!inUse.has(codeOf(error) ?? '')) throw error;
        refusal = error;
        return undefined;
      }
    },
    { pace, signal, timeout: patience },
  );
  if (done === undefined) throw TsmachineError.from(refusal, 'DRIVER_FAILED');
}

async function removal(ec2: Ec2, kind: string, id: string): Promise<void> {
  if (kind === strayKinds['volume']) await ec2.call('DeleteVolume', { VolumeId: id });
  else if (kind === strayKinds['network-interface']) await ec2.call('DeleteNetworkInterface', { NetworkInterfaceId: id });
  else await ec2.call('CancelSpotInstanceRequests', { SpotInstanceRequestIds: [id] });
}
