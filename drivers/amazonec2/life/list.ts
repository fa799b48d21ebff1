import type { LedgerEntry } from '../../../src/driver/contract.js';
import type { Ec2, Input } from '../api.js';
import { isNotFound } from '../errors.js';
import type { Instance } from '../network/interfaces.js';
import { tagKeys } from '../tags.js';
import { eventually, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';

type Filters = NonNullable<Input<'DescribeInstances'>['Filters']>;

/** As many values as EC2 takes in one filter. */
const filterLimit = 200;
/**
 * Milliseconds after a call for which what it made may be missing in answers (docs.aws.amazon.com/ec2: Eventual consistency in the Amazon
 * EC2 API). An instance that was deleted is still shown, as terminated, for an hour.
 */
export const visibleAfter = 300_000;
/** Milliseconds for which something made a moment ago is looked for. */
export const searchTime = 20_000;

/** Every instance that the filters let through, whatever its state. */
export async function instancesBy(ec2: Ec2, filters: Filters): Promise<Instance[]> {
  const found: Instance[] = [];
  for (let token: string | undefined; ;) {
    const page = await ec2.call('DescribeInstances', { Filters: filters, ...(token === undefined ? {} : { NextToken: token }) });
    found.push(...(page.Reservations ?? []).flatMap(({ Instances: instances = [] }) => instances));
    token = page.NextToken;
    if (token === undefined || token === '') return found;
  }
}

/** Those that exist or existed a moment ago. Asked by a filter: an id that is not there is no error then. */
export async function instancesWith(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, Instance>> {
  const chunks = Array.from({ length: Math.ceil(ids.length / filterLimit) }, (_, i) => ids.slice(i * filterLimit, (i + 1) * filterLimit));
  const found = await Promise.all(chunks.map((chunk) => instancesBy(ec2, [{ Name: 'instance-id', Values: [...chunk] }])));
  return new Map(found.flat().map((instance) => [instance.InstanceId ?? '', instance]));
}

export async function instanceWith(ec2: Ec2, id: string): Promise<Instance | undefined> {
  return (await instancesWith(ec2, [id])).get(id);
}

/** The instances of a machine by their tag; there is never more than one, unless somebody copied it with its tags. */
export async function instancesOf(ec2: Ec2, machine: string): Promise<Instance[]> {
  const filters = [
    { Name: `tag:${tagKeys.machine}`, Values: [machine] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ];
  const found = await instancesBy(ec2, filters);
  return found.sort((one, other) => (one.LaunchTime?.getTime() ?? 0) - (other.LaunchTime?.getTime() ?? 0));
}

/** Whether it is not terminated and not about to be. */
export function isAlive(instance: Instance | undefined): instance is Instance {
  return instance !== undefined && !/^(shutting-down|terminated)$/.test(instance.State?.Name ?? '');
}

/**
 * What an earlier run made. By its id it is looked for a while, if it was made lately: to take what is not visible yet for gone would make
 * a second one. Without an id one look is enough, because the call is repeated then with its token.
 */
export async function findInstance(
  ec2: Ec2,
  entry: Pick<LedgerEntry, 'id' | 'wanted'>,
  { machine, pace, signal }: { readonly machine: string; readonly pace: Pace; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { id } = entry;
  if (id === undefined) return (await instancesOf(ec2, machine))[0]?.InstanceId;
  const instance = await whenShown(entry, () => instanceWith(ec2, id), { pace, signal });
  return isAlive(instance) ? id : undefined;
}

/** What an entry of the ledger stands for. What was wanted a moment ago may not be shown yet, and is looked for a while. */
export function whenShown<T>(
  { wanted }: Pick<LedgerEntry, 'wanted'>,
  find: () => Promise<T | undefined>,
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
): Promise<T | undefined> {
  return eventually(find, { pace, signal, timeout: isFresh(wanted, pace) ? searchTime : 0 });
}

/** @param wanted ISO 8601 */
export function isFresh(wanted: string, pace: Pick<Pace, 'now'>): boolean {
  const age = pace.now() - Date.parse(wanted);
  return age < visibleAfter;
}

interface Seeing {
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** It was made a moment ago: that it is not found means little. */
  readonly isFresh: boolean;
}

/** Repeats a call while EC2 does not know yet what was made a moment ago. @throws what the call throws; NotFound when that lasts */
export async function whileUnseen(call: () => Promise<unknown>, { pace, signal, isFresh: isNew }: Seeing): Promise<void> {
  let unseen: unknown;
  const done = await eventually(
    async () => {
      try {
        await call();
        return true;
      } catch (error) {
        if (!isNew || !isNotFound(error)) throw error;
        unseen = error;
        return undefined;
      }
    },
    { pace, signal, timeout: searchTime },
  );
  if (done === undefined) throw unseen;
}
