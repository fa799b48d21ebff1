import { machineEntry, madeOrUndone } from '../../../src/driver/kit/cloud/removal.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import type { Arm, VirtualMachine } from '../api.js';
import { candidatesOf } from '../choose/candidates.js';
import { readConfig, type Own } from '../config.js';
import { armRefusal, isNotFound } from '../errors.js';
import { ensureAddress } from '../network/address.js';
import { ensureSecurityGroup } from '../network/groups.js';
import { ensureInterface } from '../network/interface.js';
import { ensureSubnet } from '../network/networks.js';
import { ensureGroup } from './resource-group.js';
import type { Offer, Plan } from './launch.js';
import { ensureSet, proximityIdOf } from './placement.js';
import { keepAddresses } from './addresses.js';
import { removeMachine } from './remove.js';
import { ensureVm, vmKey } from './vm.js';

export interface Making {
  readonly ctx: DriverContext;
  readonly arm: Arm;
  readonly pace: Pace;
}

/** Makes the machine, or goes on with making it. What was refused for good leaves nothing behind. */
export async function createMachine(making: Making): Promise<void> {
  const { ctx } = making;
  const make = async () => {
    try {
      await launch(making, false);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (!isVanished(error)) throw error;
      await launch(making, true);
    }
  };
  await madeOrUndone(ctx, vmKey, make, () => removeMachine(making));
}

/** Something that the ledger has was removed by somebody: it is made again. */
function isVanished(error: unknown): boolean {
  const refusal = armRefusal(error);
  return isNotFound(error) || /^(InvalidResourceReference|ReferencedResourceNotProvisioned|NotFound)$/.test(refusal?.code ?? '');
}

/** @param isCertain whether what the ledger has of the store is looked for */
async function launch({ ctx, arm, pace }: Making, isCertain: boolean): Promise<void> {
  const config = readConfig(ctx.data());
  const entry = await machineEntry(ctx, vmKey);
  // a call whose outcome is not known is repeated as it was
  const plan: Plan = entry ? (entry.request as Plan) : { candidates: await candidatesOf(config, arm) };
  const owner = await ctx.owner();
  const group = await ensureGroup(config, ctx, arm, isCertain);
  const grouping = { config, ctx, arm, group };
  const [groupId, subnetId, availabilitySetId] = await together([
    ensureSecurityGroup(grouping),
    ensureSubnet(grouping, isCertain),
    ensureSet(config, ctx, arm, group),
  ]);
  await note(ctx, { group, groupId, subnetId });
  const placing = { ...grouping, owner };
  const interfaceFor = async ({ candidate: { accelerated } }: Offer) => {
    const addressId = (await ensureAddress(placing)) ?? '';
    const parts = { subnetId, groupId, addressId, accelerated };
    const interfaceId = await ensureInterface(placing, parts, async (privateIp) => {
      await ctx.keep(ownPatch<Own>(ctx.data(), { privateIp }));
    });
    await ctx.keep(ownPatch<Own>(ctx.data(), { addressId, interfaceId }));
    return interfaceId;
  };
  const proximityGroupId = proximityIdOf(config, group);
  let vm: VirtualMachine | undefined;
  const seen = (now: VirtualMachine) => {
    vm = now;
  };
  const launching = { config, ctx, arm, owner, group, availabilitySetId, proximityGroupId, interfaceFor, seen };
  const vmId = await ensureVm(launching, plan);
  await settle({ ctx, arm, pace }, vmId, vm);
}

/** What was chosen is recorded before the machine is made. */
async function note(
  ctx: DriverContext,
  { group, ...ids }: { readonly group: string; readonly groupId: string; readonly subnetId: string },
) {
  await ctx.keep({ ResourceGroup: group, ...ownPatch<Own>(ctx.data(), ids) });
}

/** In Docker Machine's fields, for its own commands and for scripts that read config.json. */
async function settle(making: Making, vmId: string, vm: VirtualMachine | undefined): Promise<void> {
  const { ctx, pace } = making;
  const { own, size, zone, image } = readConfig(ctx.data());
  const madeAt = own.vmId === vmId && own.madeAt !== '' ? own.madeAt : new Date(pace.now()).toISOString();
  await ctx.keep({
    Size: vm?.hardwareProfile?.vmSize ?? size,
    AvailabilityZone: vm?.zones?.[0] ?? zone,
    Image: imageIn(vm) ?? image,
    ...ownPatch<Own>(ctx.data(), { vmId, madeAt, stopped: false }),
  });
  await keepAddresses(making);
}

function imageIn(vm: VirtualMachine | undefined): string | undefined {
  const { publisher, offer, sku, version, exactVersion } = vm?.storageProfile?.imageReference ?? {};
  return publisher === undefined ? undefined : [publisher, offer, sku, exactVersion ?? version].join(':');
}
