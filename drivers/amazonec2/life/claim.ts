import type { DriverContext } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import { readConfig } from '../config.js';
import { ensureGroups } from '../network/groups.js';
import { tagKeys } from '../tags.js';
import { instanceWith } from './list.js';

/** Makes this store the owner of an imported machine: its tags, and a group of this store in place of the former one's. */
export async function claimMachine({ ctx, ec2 }: { readonly ctx: DriverContext; readonly ec2: Ec2 }): Promise<void> {
  const config = readConfig(ctx.data());
  const { store, machine } = await ctx.owner();
  const instance = config.instanceId === '' ? undefined : await instanceWith(ec2, config.instanceId);
  if (!instance) return;
  const { NetworkInterfaces: interfaces = [], BlockDeviceMappings: disks = [] } = instance;
  const ids = [
    config.instanceId,
    ...interfaces.flatMap(({ NetworkInterfaceId: id }) => (id === undefined ? [] : [id])),
    ...disks.flatMap(({ Ebs: disk }) => (disk?.VolumeId === undefined ? [] : [disk.VolumeId])),
    ...(await ctx.resources()).flatMap(({ scope, id }) => (scope === 'machine' && id?.startsWith('eipalloc-') ? [id] : [])),
  ];
  const tags = [
    { Key: tagKeys.creator, Value: 'tsmachine' },
    { Key: tagKeys.store, Value: store },
    { Key: tagKeys.machine, Value: machine },
  ];
  await ec2.call('CreateTags', { Resources: ids, Tags: tags });
  const former = instance.SecurityGroups?.some(({ GroupName: name }) => name?.startsWith('tsmachine-'));
  if (!former) return;
  const groups = await ensureGroups(config, ctx, ec2, instance.VpcId ?? config.vpcId);
  for (const { NetworkInterfaceId: id } of interfaces)
    await ec2.call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: id, Groups: groups });
  await ctx.keep({ SecurityGroupIds: groups });
}
