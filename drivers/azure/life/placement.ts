import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Arm } from '../api.js';
import type { Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { idOf, kinds, types } from '../naming/names.js';
import { isOfStore, storeTags } from '../naming/tags.js';

interface SetRequest {
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly faults: number;
  readonly updates: number;
}

export async function readSet(arm: Arm, group: string, name: string) {
  try {
    return await arm.call('Microsoft.Compute/availabilitySets/read', ({ compute }) => compute.availabilitySets.get(group, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The availability set that was asked for, made if it is missing. @returns its id; empty when none was asked for */
export async function ensureSet(config: Config, ctx: DriverContext, arm: Arm, group: string): Promise<string> {
  const { availabilitySet: name, location, faultDomains: faults, updateDomains: updates } = config;
  if (name === '') return '';
  const { store } = await ctx.owner();
  const there = await readSet(arm, group, name);
  if (there && !isOfStore(there, store)) return there.id ?? '';
  return ctx.resource<SetRequest>(
    `availability-set-${group}-${name}`,
    { kind: kinds.availabilitySet, scope: 'store', request: { group, name, location, faults, updates } },
    {
      find: () => Promise.resolve(there?.id),
      make: async (wanted) => {
        const { id = '' } = await arm.call('Microsoft.Compute/availabilitySets/write', ({ compute }) =>
          compute.availabilitySets.createOrUpdate(wanted.group, wanted.name, {
            location: wanted.location,
            tags: storeTags({ store }),
            sku: { name: 'Aligned' }, // for managed disks
            platformFaultDomainCount: wanted.faults,
            platformUpdateDomainCount: wanted.updates,
          }),
        );
        return id;
      },
    },
  );
}

/** Of the proximity placement group that was asked for, which exists; empty when none was. */
export function proximityIdOf({ own: { proximityGroup }, subscription }: Config, group: string): string {
  if (proximityGroup === '' || proximityGroup.startsWith('/')) return proximityGroup;
  return idOf({ subscription, group, type: types.proximityGroup, name: proximityGroup });
}

/** @throws TsmachineError FLAG_INVALID when it does not exist */
export async function checkProximity(config: Config, arm: Arm, group: string): Promise<void> {
  const id = proximityIdOf(config, group);
  const [, within = '', name = ''] = /\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id) ?? [];
  if (id === '') return;
  try {
    await arm.call('Microsoft.Compute/proximityPlacementGroups/read', ({ compute }) => compute.proximityPlacementGroups.get(within, name));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new TsmachineError('FLAG_INVALID', `There is no proximity placement group ${name} in ${within} (--azure-proximity-group)`);
  }
}
