import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import { attemptRemoval, leftover, removeEntry, type Removal } from '../../../src/driver/kit/cloud/removal.js';
import type { Ec2 } from '../api.js';
import { refuseOtherAccount } from '../call/account.js';
import { readConfig, type Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { addressKind, removeAddress } from '../network/elastic.js';
import { groupKind } from '../network/groups.js';
import { removeGroup } from '../network/remove-group.js';
import { instanceKind } from './instance.js';
import { instancesOf, instancesWith, isAlive, isFresh, searchTime } from './list.js';
import { eventually, inTime, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { removeStray, straysOf, type Stray } from './strays.js';
import { terminate } from './terminate.js';

/** Milliseconds for an instance to be terminated. */
const endTime = 600_000;

export interface Removing {
  readonly ctx: DriverContext;
  readonly ec2: Ec2;
  readonly pace: Pace;
}

/**
 * Removes the machine's instance and everything of its own, by id and by tag; the store's things with its last machine. One thing that
 * cannot be removed does not keep another from going.
 * @returns what is left, and why
 */
export async function removeMachine(removing: Removing): Promise<{ readonly left: readonly Leftover[] }> {
  const { ctx } = removing;
  const config = readConfig(ctx.data());
  const entries = await ctx.resources();
  if (entries.length === 0 && config.instanceId === '') return { left: [] };
  const { left, ended } = await removeInstances(removing, config, entries);
  const released = entries.filter((entry) => entry.kind === instanceKind && left.length === 0);
  for (const entry of released) await ctx.released(entry);
  const others = entries.filter(({ kind }) => kind !== instanceKind).reverse();
  for (const entry of others) {
    const kept = left.length > 0 ? 'it goes with the instance, which is still there' : undefined;
    const remove = () =>
      attempt(removing, entry.kind, entry.id ?? entry.key, async () => {
        await ended();
        const rest = await removal(entry, removing);
        return rest === undefined ? [] : [rest];
      });
    left.push(...(await removeEntry(ctx, entry, kept, remove)));
  }
  left.push(...(await attempt(removing, 'EC2 key pair', config.keyName, () => removeImportedKey(removing, config))));
  return { left };
}

/** Waits until what was told to end has ended, and no longer uses anything. */
type Ended = () => Promise<void>;

/** @returns what is left */
async function removeInstances(
  removing: Removing,
  config: Config,
  entries: readonly LedgerEntry[],
): Promise<{ readonly left: Leftover[]; readonly ended: Ended }> {
  const { ctx, ec2, pace } = removing;
  const entry = entries.find(({ kind }) => kind === instanceKind);
  const known = [...new Set([config.instanceId, entry?.id ?? ''])].filter((id) => id !== '');
  const left: Leftover[] = [];
  let found: Found;
  try {
    found = await search(removing, known, entry);
  } catch (error) {
    ctx.signal.throwIfAborted();
    const ids = known.length === 0 ? [entry?.key ?? ctx.machineName] : known;
    return { left: ids.map((id) => leftover(instanceKind, id, error)), ended: () => Promise.resolve() };
  }
  const ended = () => untilTerminated(removing, found.ending);
  const { madeAt } = config.own;
  const isNew = [entry?.wanted, madeAt].some((time) => time !== undefined && time !== '' && isFresh(time, pace));
  const terminating = { config, ctx, ec2, pace, isFresh: isNew };
  for (const id of found.instances) left.push(...(await attempt(removing, instanceKind, id, () => terminate(id, terminating))));
  if (left.length > 0) return { left, ended };
  if (found.strays.length > 0) await ended();
  for (const stray of found.strays)
    left.push(...(await attempt(removing, stray.kind, stray.id, () => removeStray(ec2, stray, { pace, signal: ctx.signal }))));
  return { left, ended };
}

async function untilTerminated({ ctx, ec2, pace }: Removing, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const areTerminated = async () => {
    const now = await instancesWith(ec2, ids);
    return [...now.values()].every(({ State: state }) => state?.Name === 'terminated') ? true : undefined;
  };
  await inTime(`the instance of ${ctx.machineName} to be terminated`, areTerminated, { pace, signal: ctx.signal, timeout: endTime });
}

interface Found {
  /** To be terminated. */
  readonly instances: readonly string[];
  /** Those, and those that are on their way. */
  readonly ending: readonly string[];
  /** What does not go with an instance. */
  readonly strays: readonly Stray[];
}

async function search({ ctx, ec2, pace }: Removing, known: readonly string[], entry: LedgerEntry | undefined): Promise<Found> {
  const { machine } = await ctx.owner();
  // its outcome is not known: what was made a moment ago may not be shown yet
  const isUnsure = entry !== undefined && entry.id === undefined && isFresh(entry.wanted, pace);
  const tagged = async () => {
    const instances = await instancesOf(ec2, machine);
    return instances.length > 0 ? instances : undefined;
  };
  const [byTag = [], byId] = await Promise.all([
    eventually(tagged, { pace, signal: ctx.signal, timeout: isUnsure ? searchTime : 0 }),
    instancesWith(ec2, known),
  ]);
  const all = new Map([...byId, ...byTag.map((instance) => [instance.InstanceId ?? '', instance] as const)]);
  // one that is not shown may be so new that it is not shown yet: to terminate what is gone is no error
  const unseen = known.filter((id) => !all.has(id));
  if (unseen.length > 0) await refuseOtherAccount(readConfig(ctx.data()), ec2);
  const alive = [...all].flatMap(([id, instance]) => (isAlive(instance) ? [id] : []));
  const ending = [...all].flatMap(([id, { State: state }]) => (state?.Name === 'terminated' ? [] : [id]));
  return { instances: [...alive, ...unseen], ending, strays: await straysOf(ec2, machine, [...all.values()]) };
}

async function removal(entry: LedgerEntry, { ctx, ec2, pace }: Removing): Promise<Leftover | undefined> {
  if (entry.kind === groupKind) return removeGroup(entry, ctx, ec2, pace);
  if (entry.kind === addressKind) return removeAddress(entry, ctx, ec2, pace);
  throw new TsmachineError('INTERNAL', `The ledger has a ${entry.kind}, which this version does not know`);
}

/** Docker Machine imported a key pair for each machine, and removed it with it. */
async function removeImportedKey({ ec2 }: Removing, { keyName, existingKey }: Config): Removal {
  if (keyName !== '' && !existingKey) await ec2.call('DeleteKeyPair', { KeyName: keyName });
  return [];
}

function attempt({ ctx }: Removing, kind: string, id: string, work: () => Removal | Promise<void>): Removal {
  return attemptRemoval(ctx, { kind, id }, isNotFound, work);
}
