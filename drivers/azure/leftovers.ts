import { TsmachineError } from '../../src/base/errors.js';
import type { Leftover } from '../../src/driver/contract.js';
import { all, type Arm } from './api.js';
import { deleteEmptyGroup } from './life/remove.js';
import { readGroup } from './life/resource-group.js';
import { deleteThing, straysOf } from './life/strays.js';
import { isSame, kinds, partsOf, types } from './naming/names.js';
import { tagKeys } from './naming/tags.js';

/** What has to go first comes first. */
const order = ['vm', 'nic', 'address', 'disk', 'availabilitySet', 'securityGroup', 'network'] as const;
/** What Azure deletes with a machine. */
const going: readonly string[] = [types.nic, types.address, types.disk];
const filter = `tagName eq '${tagKeys.creator}' and tagValue eq 'tsmachine'`;

interface Tagged {
  readonly id?: string;
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Everything that has tags of tsmachine in the subscription. Two calls. */
export async function listLeftovers(arm: Arm): Promise<readonly Leftover[]> {
  const [things, groups] = await Promise.all([
    arm.call('Microsoft.Resources/subscriptions/resources/read', ({ resources }) =>
      all(resources.resources.list({ filter, expand: 'createdTime' })),
    ),
    arm.call('Microsoft.Resources/subscriptions/resourceGroups/read', ({ resources }) => all(resources.resourceGroups.list({ filter }))),
  ]);
  const machines = new Set(things.flatMap(({ type, tags }) => (isSame(type, types.vm) ? [tags?.[tagKeys.machine]] : [])));
  const found = order.flatMap((kind) =>
    things
      .filter(({ type, tags }) => isSame(type, types[kind]) && !(going.includes(types[kind]) && machines.has(tags?.[tagKeys.machine])))
      .map((thing) => leftoverOf(kinds[kind], thing, thing.createdTime)),
  );
  return [...found, ...groups.map((group) => leftoverOf(kinds.group, group))];
}

function leftoverOf(kind: string, { id = '', name, tags = {} }: Tagged, createdAt?: Date): Leftover {
  const [store, machine] = [tags[tagKeys.store], tags[tagKeys.machine]];
  return {
    kind,
    id,
    ...(name === undefined ? {} : { name }),
    owner: { ...(store === undefined ? {} : { store }), ...(machine === undefined ? {} : { machine }) },
    ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
  };
}

/** Removes one of them, if it is still there and still ours. */
export async function discardLeftover(arm: Arm, leftover: Leftover): Promise<void> {
  if (leftover.kind === kinds.group) return discardGroup(arm, leftover);
  const named = partsOf(leftover.id);
  const type = order.map((kind) => types[kind]).find((one) => isSame(one, named?.type));
  if (!named || type === undefined)
    throw new TsmachineError('INTERNAL', `${leftover.kind} ${leftover.id} is nothing that this driver lists`);
  const there = await arm.call('Microsoft.Resources/subscriptions/resources/read', ({ resources }) =>
    all(resources.resources.list({ filter })),
  );
  const now = there.find(({ id }) => isSame(id, leftover.id));
  if (now?.tags?.[tagKeys.store] !== leftover.owner?.store || now === undefined) return;
  await deleteThing(arm, type, leftover.id);
  const machine = now.tags?.[tagKeys.machine];
  if (!isSame(type, types.vm) || machine === undefined) return;
  for (const stray of await straysOf(arm, { group: named.group, machine, ids: [] })) await deleteThing(arm, stray.type, stray.id);
}

async function discardGroup(arm: Arm, { id, owner }: Leftover): Promise<void> {
  const name = id.split('/').at(-1) ?? '';
  const there = await readGroup(arm, name);
  if (there?.tags?.[tagKeys.store] === undefined || there.tags[tagKeys.store] !== owner?.store) return;
  try {
    await deleteEmptyGroup(arm, name);
  } catch (error) {
    throw TsmachineError.from(error, 'DRIVER_FAILED');
  }
}
