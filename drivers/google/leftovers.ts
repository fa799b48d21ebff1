import { TsmachineError } from '../../src/base/errors.js';
import type { AccountContext, Leftover } from '../../src/driver/contract.js';
import type { Gce, Output } from './api.js';
import { isNotFound } from './call/refused.js';
import type { Waiting } from './call/operations.js';
import { lastOf } from './config.js';
import { labelKeys, ownerFrom, type Labels } from './labels.js';
import { instanceAt, instanceKind } from './life/instance.js';
import { deleteDisk, deleteInstance, diskKind } from './life/remove.js';
import { addressKind, deleteAddress } from './network/address.js';
import { deleteRule, listRules } from './network/firewall.js';

const ruleKind = 'GCE firewall rule';

/** Everything of tsmachine's in a project, in all its zones and regions: four calls. What has to go first comes first. */
export async function listLeftovers(gce: Gce, ctx: AccountContext): Promise<readonly Leftover[]> {
  const labelled = { filter: `labels.${labelKeys.creator} = "tsmachine"`, maxResults: 500, returnPartialSuccess: true } as const;
  const [instances, disks, addresses, rules] = await Promise.all([
    everywhere(gce, 'instances.aggregatedList', labelled, 'instances', ctx),
    everywhere(gce, 'disks.aggregatedList', labelled, 'disks', ctx),
    everywhere(gce, 'addresses.aggregatedList', { maxResults: 500, returnPartialSuccess: true }, 'addresses', ctx),
    listRules(gce, gce.place.project),
  ]);
  return [
    ...instances.map(({ name = '', zone, labels, creationTimestamp }) =>
      labelledThing(instanceKind, `${lastOf(zone)}/${name}`, name, labels, creationTimestamp),
    ),
    // one that a VM has goes with it
    ...disks
      .filter(({ users = [] }) => users.length === 0)
      .map(({ name = '', zone, labels, creationTimestamp }) =>
        labelledThing(diskKind, `${lastOf(zone)}/${name}`, name, labels, creationTimestamp),
      ),
    ...addresses.flatMap(({ name = '', region, description, creationTimestamp }) =>
      describedThing(addressKind, `${lastOf(region)}/${name}`, name, description, creationTimestamp),
    ),
    ...rules.flatMap(({ name = '', description, creationTimestamp }) =>
      describedThing(ruleKind, name, name, description, creationTimestamp),
    ),
  ];
}

type Listing = 'instances.aggregatedList' | 'disks.aggregatedList' | 'addresses.aggregatedList';
type ItemsOf<A extends Listing> = NonNullable<NonNullable<Output<A>['items']>[string]>;

/** Every page of every zone or region. */
async function everywhere<A extends Listing, K extends keyof ItemsOf<A>>(
  gce: Gce,
  action: A,
  input: { readonly filter?: string; readonly maxResults: number; readonly returnPartialSuccess: boolean },
  kind: K,
  { io }: AccountContext,
): Promise<readonly NonNullable<ItemsOf<A>[K]>[keyof NonNullable<ItemsOf<A>[K]> & number][]> {
  const found: NonNullable<ItemsOf<A>[K]>[keyof NonNullable<ItemsOf<A>[K]> & number][] = [];
  for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
    const page: Output<A> = await gce.call(action, { ...input, ...(pageToken === undefined ? {} : { pageToken }) });
    for (const scope of Object.values(page.items ?? {}) as ItemsOf<A>[]) {
      const some = scope[kind] as readonly (typeof found)[number][] | undefined;
      found.push(...(some ?? []));
    }
    if ((page.unreachables ?? []).length > 0) io.warn(`Google could not look into ${page.unreachables?.map(lastOf).join(', ') ?? ''}`);
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  return found;
}

function labelledThing(kind: string, id: string, name: string, labels: Labels = {}, createdAt?: string): Leftover {
  const [store, machine] = [labels[labelKeys.store], labels[labelKeys.machine]];
  const owner = { ...(store === undefined ? {} : { store }), ...(machine === undefined ? {} : { machine }) };
  return { kind, id, name, owner, ...dated(createdAt) };
}

function describedThing(kind: string, id: string, name: string, description: string | undefined, createdAt?: string): Leftover[] {
  const owner = ownerFrom(description);
  return owner ? [{ kind, id, name, owner, ...dated(createdAt) }] : [];
}

/** Google's times have the offset of its home; ours have none. */
function dated(time: string | undefined): Pick<Leftover, 'createdAt'> {
  return time === undefined ? {} : { createdAt: new Date(time).toISOString() };
}

/** Removes one of them, if it is still there and still the same store's. */
export async function discardLeftover(waiting: Waiting, leftover: Leftover): Promise<void> {
  try {
    await discard(waiting, leftover);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function discard(waiting: Waiting, { kind, id, owner }: Leftover): Promise<void> {
  const { gce } = waiting;
  const [place = '', name = ''] = id.split('/');
  const isSame = (store: string | undefined) => store !== undefined && store === owner?.store;
  if (kind === instanceKind) {
    const there = await instanceAt(gce, id);
    if (there && isSame(there.labels?.[labelKeys.store])) await deleteInstance(id, there, waiting);
  } else if (kind === diskKind) {
    const there = await gce.call('disks.get', { zone: place, disk: name });
    if (isSame(there.labels?.[labelKeys.store])) await deleteDisk(id, waiting);
  } else if (kind === addressKind) {
    const there = await gce.call('addresses.get', { region: place, address: name });
    if (isSame(ownerFrom(there.description)?.store)) await deleteAddress({ region: place, name }, waiting);
  } else if (kind === ruleKind) {
    const there = await gce.call('firewalls.get', { firewall: id });
    if (isSame(ownerFrom(there.description)?.store)) await deleteRule(id, gce.place.project, waiting);
  } else throw new TsmachineError('INTERNAL', `${kind} ${id} is nothing that this driver lists`);
}
