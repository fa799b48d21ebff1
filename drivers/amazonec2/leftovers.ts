import { TsmachineError } from '../../src/base/errors.js';
import type { AccountContext, Leftover } from '../../src/driver/contract.js';
import type { Ec2, OpenEc2, Place } from './api.js';
import { codeOf, isNotFound } from './errors.js';
import { instanceKind } from './life/instance.js';
import { instanceWith, instancesWith, isAlive, whileUnseen } from './life/list.js';
import type { Pace } from '../../src/driver/kit/cloud/call/pace.js';
import { goesWith, removeStray, strayKinds } from './life/strays.js';
import { addressKind, releaseAddress } from './network/elastic.js';
import { groupKind } from './network/groups.js';
import { deleteGroup } from './network/remove-group.js';
import { tagKeys } from './tags.js';

/** Words for people by EC2's words for types of resources; what has to go first comes first. */
const kinds: Readonly<Record<string, string>> = {
  instance: instanceKind,
  ...strayKinds,
  'elastic-ip': addressKind,
  'security-group': groupKind,
};

export interface Account {
  /** Where to begin: any region of the account. */
  readonly place: Place;
  readonly open: OpenEc2;
  readonly pace: Pace;
}

/** Everything that has tags of tsmachine, in every enabled region: a call for each, and one more where there are instances. */
export async function listLeftovers({ place, open }: Account, ctx: AccountContext): Promise<readonly Leftover[]> {
  const { Regions: regions = [] } = await open(place, ctx).call('DescribeRegions', {
    Filters: [{ Name: 'opt-in-status', Values: ['opt-in-not-required', 'opted-in'] }],
  });
  const names = regions.flatMap(({ RegionName: name }) => (name === undefined ? [] : [name]));
  const found = await Promise.all(names.map((region) => unlessClosed(region, leftoversIn(open({ ...place, region }, ctx), region), ctx)));
  const all = found.flat();
  return Object.values(kinds).flatMap((kind) => all.filter((leftover) => leftover.kind === kind));
}

/** Organizations close regions to their accounts. */
async function unlessClosed(region: string, search: Promise<Leftover[]>, { io }: AccountContext): Promise<Leftover[]> {
  try {
    return await search;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (!/^(AuthFailure|OptInRequired|UnauthorizedOperation|AccessDenied)$/.test(code)) throw error;
    const text = `The region ${region} was not looked at: these credentials may not do so (${code})`;
    if (code === 'AuthFailure' || code === 'OptInRequired') io.debug(text);
    else io.warn(text);
    return [];
  }
}

async function leftoversIn(ec2: Ec2, region: string): Promise<Leftover[]> {
  const things = await tagged(ec2, Object.keys(kinds));
  const ids = [...things].flatMap(([id, { type }]) => (type === 'instance' ? [id] : []));
  const instances = await instancesWith(ec2, ids);
  const going = new Set([...instances.values()].flatMap(goesWith));
  return [...things].flatMap(([id, { type, tags }]): Leftover[] => {
    const kind = kinds[type];
    if (kind === undefined || going.has(id) || tags.get(tagKeys.creator) !== 'tsmachine') return [];
    const instance = instances.get(id);
    if (type === 'instance' && !isAlive(instance)) return []; // its tags are shown for an hour after its end
    return [{ kind, id: `${region}/${id}`, ...nameOf(tags), owner: ownerOf(tags), ...createdAt(instance?.LaunchTime) }];
  });
}

interface Tagged {
  readonly type: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** By id: what has any of our tags. */
async function tagged(ec2: Ec2, types: readonly string[], id?: string): Promise<ReadonlyMap<string, Tagged>> {
  const found = new Map<string, { type: string; tags: Map<string, string> }>();
  const filters = [
    { Name: 'resource-type', Values: [...types] },
    id === undefined ? { Name: 'key', Values: [...Object.values(tagKeys), 'Name'] } : { Name: 'resource-id', Values: [id] },
  ];
  for (let token: string | undefined; ;) {
    const page = await ec2.call('DescribeTags', { Filters: filters, ...(token === undefined ? {} : { NextToken: token }) });
    for (const { ResourceId: of = '', ResourceType: type = '', Key: key = '', Value: value = '' } of page.Tags ?? []) {
      const thing = found.get(of) ?? { type, tags: new Map<string, string>() };
      thing.tags.set(key, value);
      found.set(of, thing);
    }
    token = page.NextToken;
    if (token === undefined || token === '') return found;
  }
}

function nameOf(tags: ReadonlyMap<string, string>): Pick<Leftover, 'name'> {
  const name = tags.get('Name');
  return name === undefined ? {} : { name };
}

function ownerOf(tags: ReadonlyMap<string, string>): NonNullable<Leftover['owner']> {
  const [store, machine] = [tags.get(tagKeys.store), tags.get(tagKeys.machine)];
  return { ...(store === undefined ? {} : { store }), ...(machine === undefined ? {} : { machine }) };
}

function createdAt(time: Date | undefined): Pick<Leftover, 'createdAt'> {
  return time === undefined ? {} : { createdAt: time.toISOString() };
}

/** Removes one of them, if it is still there and still ours. */
export async function discardLeftover({ place, open, pace }: Account, ctx: AccountContext, leftover: Leftover): Promise<void> {
  const [, region = '', id = ''] = /^([\w-]+)\/([\w-]+)$/.exec(leftover.id) ?? [];
  const type = Object.keys(kinds).find((word) => kinds[word] === leftover.kind);
  if (type === undefined || id === '')
    throw new TsmachineError('INTERNAL', `${leftover.kind} ${leftover.id} is nothing that this driver lists`);
  const ec2 = open({ ...place, region }, ctx);
  const tags = (await tagged(ec2, [type], id)).get(id)?.tags;
  if (tags?.get(tagKeys.creator) !== 'tsmachine' || tags.get(tagKeys.store) !== leftover.owner?.store) return;
  try {
    const why = await discard(ec2, ctx, { type, kind: leftover.kind, id, store: tags.get(tagKeys.store) ?? '', pace });
    if (why !== undefined) throw new TsmachineError('DRIVER_FAILED', why);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

interface Discarded {
  readonly type: string;
  readonly kind: string;
  readonly id: string;
  readonly store: string;
  readonly pace: Pace;
}

/** @returns why it is still there */
async function discard(ec2: Ec2, ctx: AccountContext, { type, kind, id, store, pace }: Discarded): Promise<string | undefined> {
  const { signal } = ctx;
  if (type === 'security-group') return deleteGroup(ec2, ctx, { id, store });
  if (type === 'elastic-ip') {
    const { Addresses: [address] = [] } = await ec2.call('DescribeAddresses', { Filters: [{ Name: 'allocation-id', Values: [id] }] });
    return address && releaseAddress(ec2, ctx, address);
  }
  if (type !== 'instance') await removeStray(ec2, { kind, id }, { pace, signal });
  else if (isAlive(await instanceWith(ec2, id)))
    await whileUnseen(() => ec2.call('TerminateInstances', { InstanceIds: [id] }), { pace, signal, isFresh: true });
  return undefined;
}
