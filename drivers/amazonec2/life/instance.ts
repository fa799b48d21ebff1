import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry, Owner } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { codeOf } from '../errors.js';
import { machineTags } from '../tags.js';
import { noRoom } from '../../../src/driver/kit/cloud/choose/no-room.js';
import { NoRoom, takeOffers, type Refused } from '../../../src/driver/kit/cloud/choose/offers.js';
import { isRefusal, verdictOf } from './capacity.js';
import { nameOf, offersOf, placeOf, runRequest, tokenOf, type Offer, type Plan } from './launch.js';
import { findInstance, instancesOf, isAlive, searchTime } from './list.js';
import { eventually, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';

export const instanceKey = 'instance';
export const instanceKind = 'EC2 instance';

export interface Launch {
  readonly config: Config;
  readonly ctx: DriverContext;
  readonly ec2: Ec2;
  readonly pace: Pace;
  readonly owner: Owner;
  /** Base64; asked for when an instance is really made. */
  readonly userData: () => Promise<string>;
  /** Ids of the groups in a network. @param again one of them has vanished meanwhile */
  readonly groups: (vpcId: string, again: boolean) => Promise<readonly string[]>;
}

/**
 * The machine's instance: the one that an earlier run made, or a new one. Offers are taken one after the other; which one is being taken is
 * on disk before the call, so at most that one's outcome can ever be unknown, and it is repeated first, with its token.
 * @returns its id @throws TsmachineError DRIVER_FAILED with Amazon's words; then there is no instance and no entry, unless the outcome is
 * not known
 */
export async function ensureInstance(launch: Launch, plan: Plan): Promise<string> {
  const { ctx, ec2, pace, owner } = launch;
  let earlier: LedgerEntry | undefined;
  return ctx.resource<Plan>(
    instanceKey,
    { kind: instanceKind, scope: 'machine', request: plan },
    {
      find: async (entry) => {
        earlier = entry;
        return findInstance(ec2, entry, { machine: owner.machine, pace, signal: ctx.signal });
      },
      make: async (wanted, token, note) => {
        const unsure = earlier?.token === token ? earlier.operation : undefined;
        try {
          return await takeOne(launch, wanted, { token, note, unsure });
        } catch (error) {
          if (isRefusal(error) || error instanceof NoRoom) await ctx.released({ key: instanceKey, scope: 'machine' });
          throw error instanceof NoRoom ? error.told : error;
        }
      },
    },
  );
}

interface Taking {
  readonly token: string;
  readonly note: (operation: string) => Promise<void>;
  readonly unsure: string | undefined;
}

function takeOne(launch: Launch, plan: Plan, { token, note, unsure }: Taking): Promise<string> {
  const { config, ctx } = launch;
  const words = {
    provider: 'EC2',
    flags: '--amazonec2-instance-type, --amazonec2-zone or --amazonec2-subnet-id',
    fallbackFlag: '--amazonec2-spot-fallback',
    spot: config.spot,
    fallback: config.own.spotFallback,
    codeOf,
  };
  const take = (offer: Offer) => takeOffer(launch, offer, token);
  const told = (refused: readonly Refused[]) => noRoom(refused, words);
  return takeOffers({ offers: offersOf(plan, config), nameOf, placeOf, take, verdictOf, codeOf, unsure, note, noRoom: told, ctx });
}

/** How many instances of one offer can have been terminated by somebody else, between a lost answer and its repetition. */
const generations = 3;

async function takeOffer(launch: Launch, offer: Offer, token: string): Promise<string> {
  for (let generation = 0; generation < generations; generation += 1) {
    const id = await takeOnce(launch, offer, tokenOf(token, offer, generation));
    if (id !== undefined) return id;
  }
  throw new TsmachineError('DRIVER_FAILED', `EC2 terminates every instance that is made for ${launch.config.machineName}`);
}

/** @returns undefined when the token stands for an instance that is no more */
async function takeOnce(launch: Launch, offer: Offer, token: string): Promise<string | undefined> {
  const { ctx, ec2, pace, owner } = launch;
  try {
    return await run(launch, offer, token, false);
  } catch (error) {
    switch (codeOf(error)) {
      case 'InvalidGroup.NotFound':
        return run(launch, offer, token, true);
      case 'IdempotentInstanceTerminated':
        return undefined;
      case 'IdempotentParameterMismatch': // a part was made anew since the call that is repeated here, which has made an instance
        return eventually(async () => (await instancesOf(ec2, owner.machine))[0]?.InstanceId, {
          pace,
          signal: ctx.signal,
          timeout: searchTime,
        });
      default:
        throw error;
    }
  }
}

async function run(launch: Launch, offer: Offer, token: string, again: boolean): Promise<string | undefined> {
  const { config, ec2, owner } = launch;
  const [groups, userData] = await Promise.all([launch.groups(offer.candidate.vpcId, again), launch.userData()]);
  const request = runRequest(config, offer, { groups, userData, tags: machineTags(owner, config), token });
  const { Instances: instances = [] } = await ec2.call('RunInstances', request);
  const [instance] = instances;
  return isAlive(instance) ? instance.InstanceId : undefined;
}
