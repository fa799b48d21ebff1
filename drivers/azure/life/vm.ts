import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry, Owner } from '../../../src/driver/contract.js';
import { noRoom } from '../../../src/driver/kit/cloud/choose/no-room.js';
import { NoRoom, takeOffers, type Refused } from '../../../src/driver/kit/cloud/choose/offers.js';
import { customDataOf, loginKeyOf } from '../access/boot.js';
import type { Arm, VirtualMachine } from '../api.js';
import type { Config } from '../config.js';
import { armRefusal, codeOf, isNotFound } from '../errors.js';
import { kinds, namesOf, idOf, types } from '../naming/names.js';
import { isOfMachine, machineTags } from '../naming/tags.js';
import { isRefusal, verdictOf } from './capacity.js';
import { machineRequest, nameOf, offersOf, placeOf, type Offer, type Plan } from './launch.js';
import { outcome } from './named.js';

export const vmKey = 'vm';
const writing = 'Microsoft.Compute/virtualMachines/write';

export interface Launch {
  readonly config: Config;
  readonly ctx: DriverContext;
  readonly arm: Arm;
  readonly owner: Owner;
  readonly group: string;
  readonly availabilitySetId: string;
  readonly proximityGroupId: string;
  /** Makes the machine's network interface, or finds it: what belonged to a machine that failed goes with it. @returns its id */
  readonly interfaceFor: (offer: Offer) => Promise<string>;
  /** Is told what was made or found. */
  readonly seen: (vm: VirtualMachine) => void;
}

/** Undefined when there is none. */
export async function readVm(arm: Arm, group: string, name: string): Promise<VirtualMachine | undefined> {
  try {
    return await arm.call('Microsoft.Compute/virtualMachines/read', ({ compute }) =>
      compute.virtualMachines.get(group, name, { expand: 'instanceView' }),
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The virtual machine: the one that an earlier run made, or a new one. Offers are taken one after the other; which one is being taken, and
 * where its operation is looked at, is on disk as soon as it is known.
 * @returns its id
 * @throws TsmachineError DRIVER_FAILED with Azure's words; then there is none, and no entry, unless the outcome is not known
 */
export async function ensureVm(launch: Launch, plan: Plan): Promise<string> {
  const { ctx } = launch;
  let unsure: string | undefined;
  return ctx.resource<Plan>(
    vmKey,
    { kind: kinds.vm, scope: 'machine', request: plan },
    {
      find: async (entry) => {
        if (entry.operation !== undefined) ({ name: unsure } = readOperation(entry.operation));
        return standing(launch, entry);
      },
      make: async (wanted, _token, note) => {
        try {
          return await takeOne(launch, wanted, unsure, note);
        } catch (error) {
          if (isRefusal(error) || error instanceof NoRoom) await ctx.released({ key: vmKey, scope: 'machine' });
          throw error instanceof NoRoom ? error.told : error;
        }
      },
    },
  );
}

/** The ledger has one text for an operation: its URL, with the name of the offer behind it; or the name alone. */
function written(name: string, url = ''): string {
  return `${url}#${encodeURIComponent(name)}`;
}

export function readOperation(text: string): { readonly url: string; readonly name: string } {
  const at = text.lastIndexOf('#');
  return { url: text.slice(0, at), name: decodeURIComponent(text.slice(at + 1)) };
}

/** What an earlier run made, once it is done. One that failed on the way is removed: nothing but its name is left of it. */
async function standing(launch: Launch, entry: Pick<LedgerEntry, 'operation' | 'id'>): Promise<string | undefined> {
  const { arm, ctx, group, config, owner } = launch;
  const { url } = readOperation(entry.operation ?? '');
  if (url !== '') await outcome(arm, writing, url, ctx);
  const vm = await readVm(arm, group, config.machineName);
  if (!vm || !isOfMachine(vm, owner.machine)) return undefined;
  launch.seen(vm);
  const id = vm.id ?? idOf({ subscription: config.subscription, group, type: types.vm, name: config.machineName });
  if (entry.id !== undefined || /^succeeded$/i.test(vm.provisioningState ?? '')) return id;
  if (!/^(failed|cancell?ed)$/i.test(vm.provisioningState ?? '')) {
    const failure = await outcome(arm, writing, addressOf(arm, id), ctx);
    if (failure === undefined) return id;
  }
  await removeVm(arm, group, config.machineName);
  return undefined;
}

/** Where a resource itself is looked at. */
function addressOf(arm: Arm, id: string): string {
  return `${arm.endpoint}${id}?api-version=2026-03-01`;
}

function takeOne(launch: Launch, plan: Plan, unsure: string | undefined, note: (operation: string) => Promise<void>): Promise<string> {
  const { config, ctx } = launch;
  const words = {
    provider: `Azure in ${config.location}`,
    flags: '--azure-size or --azure-availability-zone',
    fallbackFlag: '--azure-spot-fallback',
    spot: config.own.spot,
    fallback: config.own.spotFallback,
    codeOf,
  };
  return takeOffers({
    offers: offersOf(plan, config),
    nameOf,
    placeOf: (offer) => placeOf(offer, config.location),
    take: (offer) => take(launch, offer, (url) => note(written(nameOf(offer), url))),
    verdictOf,
    codeOf,
    unsure,
    note: (name) => note(written(name)),
    noRoom: (refused: readonly Refused[]) => noRoom(refused, words),
    ctx,
  });
}

async function take(launch: Launch, offer: Offer, note: (url: string) => Promise<void>): Promise<string> {
  const { config, ctx, arm, group, owner } = launch;
  const interfaceId = await launch.interfaceFor(offer);
  const [customData, loginKey] = [await customDataOf(config, ctx), await loginKeyOf(config, ctx)];
  const { availabilitySetId, proximityGroupId } = launch;
  const names = namesOf(config, owner);
  const tags = machineTags(owner, config.tags);
  const request = machineRequest(config, offer, { names, interfaceId, availabilitySetId, proximityGroupId, loginKey, customData, tags });
  try {
    const vm = await arm.call(
      writing,
      // never changes a machine that is there
      ({ compute }) => compute.virtualMachines.createOrUpdate(group, names.vm, request, { ifNoneMatch: '*' }),
      note,
    );
    launch.seen(vm);
    return vm.id ?? '';
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (armRefusal(error)?.status === 412) return takenAlready(launch, error);
    if (verdictOf(error) !== 'end' || armRefusal(error)?.status === 0) await removeFailed(launch);
    throw error;
  }
}

/** There is one of this name: ours, when an answer was lost; else somebody's. */
async function takenAlready(launch: Launch, error: unknown): Promise<string> {
  const id = await standing(launch, {});
  if (id !== undefined) return id;
  const { group, config } = launch;
  if (await readVm(launch.arm, group, config.machineName)) throw alreadyThere(config, group);
  throw error;
}

/** Docker Machine's words. */
export function alreadyThere({ machineName }: Pick<Config, 'machineName'>, group: string): TsmachineError {
  return new TsmachineError('DRIVER_PRECHECK', `Virtual Machine with name ${machineName} already exists in resource group "${group}"`, {
    hint: 'Choose another name for the machine, or another --azure-resource-group',
  });
}

/** Azure keeps a machine that found no room, as one that failed: with it, neither size nor zone can be chosen anew. */
async function removeFailed({ arm, group, config, owner }: Launch): Promise<void> {
  const vm = await readVm(arm, group, config.machineName);
  if (vm && isOfMachine(vm, owner.machine)) await removeVm(arm, group, config.machineName);
}

/** Removes it at once, without shutting it down, and what goes with it. One that is gone is a success. */
export async function removeVm(arm: Arm, group: string, name: string): Promise<void> {
  try {
    await arm.call('Microsoft.Compute/virtualMachines/delete', ({ compute }) =>
      compute.virtualMachines.delete(group, name, { forceDeletion: true }),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
