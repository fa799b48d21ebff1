import { TsmachineError } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import { together } from '../../src/driver/kit/cloud/call/together.js';
import { checkCustomData } from './access/boot.js';
import type { Arm } from './api.js';
import { candidatesOf } from './choose/candidates.js';
import { readConfig, type Config } from './config.js';
import { checkProximity, readSet } from './life/placement.js';
import { groupOf } from './life/resource-group.js';
import { alreadyThere, readVm } from './life/vm.js';
import { namedGroup, readSecurityGroup, refuseSecurityGroup } from './network/groups.js';
import { addressHere } from './network/allowed.js';
import { namedNetwork, readNetwork, subnetIn } from './network/networks.js';
import { isOfMachine } from './naming/tags.js';

/**
 * Refuses what cannot work before anything is made: who asks and where, image, size and zone, the user's files, groups and networks, and a
 * machine of the same name. What `create` asks again within the minute is not asked twice.
 */
export async function precheckMachine(ctx: DriverContext, arm: Arm): Promise<void> {
  const config = readConfig(ctx.data());
  const { store, machine } = await ctx.owner();
  const group = await groupOf(config, ctx);
  refuseName(config);
  await together([
    candidatesOf(config, arm),
    checkCustomData(config, ctx),
    checkVm(config, arm, group, machine),
    config.virtualNetwork === '' ? Promise.resolve() : checkNetwork(config, arm, group, store),
    config.securityGroup === '' ? checkAccess(config, ctx) : checkSecurityGroup(config, ctx, arm, group),
    config.availabilitySet === '' ? Promise.resolve() : checkSet(config, arm, group),
    checkProximity(config, arm, group),
  ]);
}

/** learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
function refuseName({ machineName: name }: Config): void {
  const why =
    name.length > 64
      ? 'is longer than the 64 characters that Azure allows'
      : /[.-]$/.test(name)
        ? 'ends with a character that Azure does not allow at the end'
        : !/^[A-Za-z0-9][\w.-]*$/.test(name)
          ? 'has a character that Azure does not allow'
          : undefined;
  if (why !== undefined)
    throw new TsmachineError('NAME_INVALID', `The name ${name} ${why}`, { hint: 'Choose another name for the machine' });
}

async function checkVm(config: Config, arm: Arm, group: string, machine: string): Promise<void> {
  const vm = await readVm(arm, group, config.machineName);
  if (vm && !isOfMachine(vm, machine)) throw alreadyThere(config, group);
}

async function checkNetwork(config: Config, arm: Arm, group: string, store: string): Promise<void> {
  const named = namedNetwork(config, group, store);
  const there = await readNetwork(arm, named);
  if (there) subnetIn(there, config);
  else if (named.group !== group)
    throw new TsmachineError(
      'FLAG_INVALID',
      `There is no virtual network ${named.name} in the resource group ${named.group} (--azure-vnet)`,
    );
}

/** Refuses what `ensureSecurityGroup` would refuse of a group that it makes, because this computer's address is not known. */
async function checkAccess(config: Config, ctx: DriverContext): Promise<void> {
  if (config.own.allowedCidrs.length === 0 && !config.reachedPrivately) await addressHere(config, ctx);
}

async function checkSecurityGroup(config: Config, ctx: DriverContext, arm: Arm, group: string): Promise<void> {
  const { store } = await ctx.owner();
  const there = await readSecurityGroup(arm, namedGroup(config, group, store));
  refuseSecurityGroup(config, there);
  if (!there) await checkAccess(config, ctx);
}

async function checkSet({ availabilitySet, location }: Config, arm: Arm, group: string): Promise<void> {
  const there = await readSet(arm, group, availabilitySet);
  if (there && there.location.replaceAll(' ', '').toLowerCase() !== location)
    throw new TsmachineError(
      'FLAG_INVALID',
      `The availability set ${availabilitySet} is in ${there.location}, and the machine is to be in ${location} (--azure-availability-set)`,
    );
  if (there && there.sku?.name !== 'Aligned')
    throw new TsmachineError(
      'FLAG_INVALID',
      `The availability set ${availabilitySet} is not for managed disks (--azure-availability-set)`,
      {
        hint: `Convert it: az vm availability-set convert --resource-group ${group} --name ${availabilitySet}`,
      },
    );
}
