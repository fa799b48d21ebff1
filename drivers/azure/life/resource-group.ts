import type { DriverContext } from '../../../src/driver/contract.js';
import type { Arm } from '../api.js';
import type { Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { kinds, storeGroup } from '../naming/names.js';
import { isOfStore, storeTags } from '../naming/tags.js';

export interface GroupRequest {
  readonly name: string;
  readonly location: string;
}

export const groupKey = (name: string) => `resource-group-${name}`;

/** Its name: one that was asked for, or the store's. */
export async function groupOf({ resourceGroup }: Pick<Config, 'resourceGroup'>, ctx: Pick<DriverContext, 'owner'>): Promise<string> {
  return resourceGroup || storeGroup((await ctx.owner()).store);
}

/**
 * The resource group of a new machine, made if it is missing. One that exists and is not this store's is used as it is.
 * @param isCertain whether what the ledger has may have vanished @returns its name
 */
export async function ensureGroup(config: Config, ctx: DriverContext, arm: Arm, isCertain: boolean): Promise<string> {
  const { store } = await ctx.owner();
  const name = await groupOf(config, ctx);
  if (name !== storeGroup(store)) {
    const there = await readGroup(arm, name);
    if (there && !isOfStore(there, store)) return name;
  }
  await ctx.resource<GroupRequest>(
    groupKey(name),
    { kind: kinds.group, scope: 'store', request: { name, location: config.location } },
    {
      // that it has vanished shows with the first thing that is to be made in it
      find: async ({ id }) => (isCertain || id === undefined ? (await readGroup(arm, name))?.id : id),
      make: async (request) => {
        const { id = '' } = await arm.call('Microsoft.Resources/subscriptions/resourceGroups/write', ({ resources }) =>
          resources.resourceGroups.createOrUpdate(request.name, { location: request.location, tags: storeTags({ store }) }),
        );
        return id;
      },
    },
  );
  return name;
}

/** Undefined when there is none. */
export async function readGroup(arm: Arm, name: string) {
  try {
    return await arm.call('Microsoft.Resources/subscriptions/resourceGroups/read', ({ resources }) => resources.resourceGroups.get(name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
