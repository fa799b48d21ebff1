import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { noRoom } from '../../../src/driver/kit/cloud/choose/no-room.js';
import { NoRoom, takeOffers, type Refused } from '../../../src/driver/kit/cloud/choose/offers.js';
import type { Gce } from '../api.js';
import { ended, type Waiting } from '../call/operations.js';
import { isNotFound, isTaken, reasonOf } from '../call/refused.js';
import type { Instance } from '../call/resources.js';
import type { Config } from '../config.js';
import { isRefusal } from '../errors.js';
import { labelKeys } from '../labels.js';
import { verdictOf, withRoomFirst, zonesWithRoom } from './capacity.js';
import { idOf, instanceOf, nameOf, offersOf, placeOf, placeOfId, requestIdOf, type Offer, type Parts, type Plan } from './launch.js';

export const instanceKey = 'instance';
export const instanceKind = 'GCE VM';

export interface Launch {
  readonly config: Config;
  readonly ctx: DriverContext;
  readonly waiting: Waiting;
  /** Asked for when a VM is really made. */
  readonly parts: () => Promise<Parts>;
}

/** A VM; undefined when there is none of the name. */
export async function instanceAt(gce: Gce, id: string): Promise<Instance | undefined> {
  try {
    return await gce.call('instances.get', placeOfId(id));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What an offer's taking has come to: its name, and the operation once that is known. */
interface Noted {
  readonly offer: string;
  readonly operation: string | undefined;
}

const separator = ' | ';

export function notedIn({ operation = '' }: Pick<LedgerEntry, 'operation'>): Noted {
  const [offer = '', name] = operation.split(separator);
  return { offer, operation: name };
}

/**
 * The machine's VM: the one that an earlier run made, or a new one. Offers are taken one after the other; which one is being taken is on
 * disk before the call, and its operation as soon as Google has named it. So at most that one's outcome can ever be unknown: it is waited
 * for, or asked for again with the same id of the request.
 * @returns its id @throws TsmachineError DRIVER_FAILED with Google's words; then there is no VM and no entry, unless the outcome is not
 * known
 */
export async function ensureInstance(launch: Launch, plan: Plan): Promise<string> {
  const { ctx, waiting } = launch;
  const { machine } = await ctx.owner();
  let earlier: LedgerEntry | undefined;
  return ctx.resource<Plan>(
    instanceKey,
    { kind: instanceKind, scope: 'machine', request: plan },
    {
      find: async (entry) => {
        earlier = entry;
        if (entry.id === undefined) return undefined;
        const there = await instanceAt(waiting.gce, entry.id);
        return there?.labels?.[labelKeys.machine] === machine ? entry.id : undefined;
      },
      make: async (wanted, token, note) => {
        const unsure = earlier?.token === token ? notedIn(earlier) : undefined;
        try {
          return await takeOne(launch, wanted, { token, note, unsure });
        } catch (error) {
          if (isRefusal(error) || error instanceof NoRoom || error instanceof NotOurs)
            await ctx.released({ key: instanceKey, scope: 'machine' });
          throw error instanceof NoRoom || error instanceof NotOurs ? error.told : error;
        }
      },
    },
  );
}

/** The name is taken by a VM of somebody else's. */
class NotOurs extends Error {
  constructor(readonly told: TsmachineError) {
    super(told.message);
  }
}

interface Taking {
  readonly token: string;
  readonly note: (operation: string) => Promise<void>;
  readonly unsure: Noted | undefined;
}

function takeOne(launch: Launch, plan: Plan, { token, note, unsure }: Taking): Promise<string> {
  const { config, ctx } = launch;
  const { own, preemptible } = config;
  const words = {
    provider: 'Google',
    flags: '--google-machine-type or --google-zone',
    fallbackFlag: '--google-spot-fallback',
    spot: preemptible || own.spot,
    fallback: own.spotFallback,
    codeOf: reasonOf,
  };
  let waitedFor = unsure?.operation;
  const take = async (offer: Offer) => {
    const operation = nameOf(offer) === unsure?.offer ? waitedFor : undefined;
    waitedFor = undefined;
    return takeOffer(launch, offer, { token, note, operation });
  };
  return takeOffers({
    offers: offersOf(plan, config),
    nameOf,
    placeOf,
    take,
    verdictOf,
    codeOf: reasonOf,
    unsure: unsure?.offer,
    note,
    reorder: withRoomFirst,
    noRoom: (refused: readonly Refused[]) => withZones(noRoom(refused, words), refused),
    ctx,
  });
}

/** Google may say where there is room, also outside of the zones that were asked for. */
function withZones(error: TsmachineError, refused: readonly Refused[]): TsmachineError {
  const zones = [...new Set(refused.flatMap(({ error: one }) => [...zonesWithRoom(one)]))];
  if (zones.length === 0) return error;
  return new TsmachineError(error.code, error.text, {
    cause: error.cause,
    hint: `Google says that there is room in ${zones.join(', ')}: give --google-zone`,
  });
}

interface Operating {
  readonly token: string;
  readonly note: (operation: string) => Promise<void>;
  /** That an earlier run began. */
  readonly operation: string | undefined;
}

async function takeOffer(launch: Launch, offer: Offer, { token, note, operation }: Operating): Promise<string> {
  const { waiting, config } = launch;
  const { zone } = offer.candidate;
  const action = 'instances.insert';
  if (operation !== undefined && (await isKnown({ name: operation, zone, action }, waiting))) return idOf(zone, config.machineName);
  const instanceResource = instanceOf(config, offer, await launch.parts());
  try {
    const begun = await waiting.gce.call(action, { zone, instanceResource, requestId: requestIdOf(token, offer) });
    await note([nameOf(offer), begun.name ?? ''].join(separator));
    await ended({ operation: begun, zone, action }, waiting);
  } catch (error) {
    if (!isTaken(error)) throw error;
    await refuseOther(launch, zone, error);
  }
  return idOf(zone, config.machineName);
}

/** Google forgets operations after some weeks. @throws what it failed with */
async function isKnown(
  { name, zone, action }: { readonly name: string; readonly zone: string; readonly action: string },
  waiting: Waiting,
) {
  try {
    await ended({ operation: { name }, zone, action }, waiting);
    return true;
  } catch (error) {
    if (isNotFound(error) && !/RESOURCE_NOT_FOUND/.test(reasonOf(error) ?? '')) return false;
    throw error;
  }
}

/** An insert whose request id Google has forgotten, or the name of somebody else's VM. */
async function refuseOther({ config, ctx, waiting }: Launch, zone: string, cause: unknown): Promise<void> {
  const { machine } = await ctx.owner();
  const there = await instanceAt(waiting.gce, idOf(zone, config.machineName));
  if (there?.labels?.[labelKeys.machine] === machine) return;
  throw new NotOurs(
    new TsmachineError('DRIVER_FAILED', `instance "${config.machineName}" already exists in zone "${zone}"`, {
      cause,
      hint: 'Take another name, or take that VM with --google-use-existing',
    }),
  );
}
