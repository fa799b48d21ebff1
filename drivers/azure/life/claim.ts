import type { DriverContext } from '../../../src/driver/contract.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import type { Arm } from '../api.js';
import { readConfig, type Own } from '../config.js';
import { isNotFound } from '../errors.js';
import { idOf, namesOf, partsOf, types } from '../naming/names.js';
import { ensureSecurityGroup } from '../network/groups.js';
import { readInterface } from '../network/interface.js';
import { storeTags, tagKeys } from '../naming/tags.js';
import { readVm } from './vm.js';

/** Makes this store the owner of an imported machine: its tags, and a group of this store in place of the former one's. */
export async function claimMachine({ ctx, arm }: { readonly ctx: DriverContext; readonly arm: Arm }): Promise<void> {
  const config = readConfig(ctx.data());
  const owner = await ctx.owner();
  const named = partsOf(config.own.vmId);
  const vm = named && (await readVm(arm, named.group, named.name));
  if (!named || !vm) return;
  const { group } = named;
  const disk = vm.storageProfile?.osDisk?.managedDisk?.id ?? idOf({ ...named, type: types.disk, name: namesOf(config, owner).disk });
  const ids = [config.own.vmId, config.own.interfaceId, config.own.addressId, disk].filter((id) => id !== '');
  const tags = { ...storeTags(owner), [tagKeys.machine]: owner.machine };
  for (const id of ids) await tag(arm, id, tags);
  if (!/\/tsmachine-[^/]+$/.test(config.own.groupId)) return;
  const groupId = await ensureSecurityGroup({ config: { ...config, securityGroup: '' }, ctx, arm, group });
  await join(arm, config.own.interfaceId, groupId);
  await ctx.keep(ownPatch<Own>(ctx.data(), { groupId }));
}

/** Beside those that it has. */
async function tag(arm: Arm, id: string, tags: Record<string, string>): Promise<void> {
  try {
    await arm.call('Microsoft.Resources/tags/write', ({ resources }) =>
      resources.tagsOperations.beginUpdateAtScopeAndWait(id.slice(1), { operation: 'Merge', properties: { tags } }),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function join(arm: Arm, interfaceId: string, groupId: string): Promise<void> {
  const named = partsOf(interfaceId);
  const nic = named && (await readInterface(arm, named));
  if (!named || !nic) return;
  await arm.call('Microsoft.Network/networkInterfaces/write', ({ network }) =>
    network.networkInterfaces.beginCreateOrUpdateAndWait(named.group, named.name, { ...nic, networkSecurityGroup: { id: groupId } }),
  );
}
