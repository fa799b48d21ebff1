import { randomUUID } from 'node:crypto';

import { TsmachineError, messageOf } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { inTime } from '../../../src/driver/kit/cloud/call/pace.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import { ended, type Waiting } from '../call/operations.js';
import { isInUse, isNotFound } from '../call/refused.js';
import type { Instance } from '../call/resources.js';
import { readConfig, type Own } from '../config.js';
import { verdictOf } from './capacity.js';
import { instanceAt } from './instance.js';
import { idOf, placeOfId } from './launch.js';
import { describe, endpointOf, isMade } from './look.js';

/** Milliseconds: shutting down may take minutes, and Docker Machine waits as long for a start. */
const stopTime = 600_000;
const startTime = 180_000;

export interface Powered {
  readonly ctx: Pick<DriverContext, 'data' | 'keep' | 'signal' | 'machineName'>;
  readonly waiting: Waiting;
}

/** Starts it, waits for its address and keeps that. One that runs is a success, and one that is stopping is waited for. */
export async function startInstance(powered: Powered): Promise<void> {
  await switched(powered, 'instances.start', ['STOPPING', 'SUSPENDING', 'PENDING_STOP', 'PROVISIONING', 'STAGING']);
  await reached(powered, idIn(powered));
}

/** Shuts the guest down. One that is off is a success. Google knows no harder way. */
export async function stopInstance(powered: Powered): Promise<void> {
  await switched(powered, 'instances.stop', ['PROVISIONING', 'STAGING']);
}

async function switched(powered: Powered, action: 'instances.start' | 'instances.stop', passing: readonly string[]): Promise<void> {
  const { waiting, ctx } = powered;
  const id = idIn(powered);
  const { zone, instance } = placeOfId(id);
  for (let isRepeated = false; ; isRepeated = true) {
    try {
      const operation = await waiting.gce.call(action, { zone, instance, requestId: randomUUID() });
      await ended({ operation, zone, action }, waiting);
      return;
    } catch (error) {
      if (!isInUse(error) || isRepeated) throw await explained(powered, id, error);
      await inTime(`${ctx.machineName} to be no longer on its way`, () => settled(powered, id, passing), {
        ...waiting,
        timeout: stopTime,
      });
    }
  }
}

async function settled({ waiting }: Powered, id: string, passing: readonly string[]): Promise<true | undefined> {
  const instance = await instanceAt(waiting.gce, id);
  return passing.includes(instance?.status ?? '') ? undefined : true;
}

/**
 * Waits until the VM runs and has the address that it is reached by, and keeps its addresses.
 * @param seen the VM as it was a moment ago
 * @throws TsmachineError DRIVER_FAILED when it will not come, with Google's reason
 */
export async function reached({ ctx, waiting }: Powered, id: string, seen?: Instance): Promise<Instance> {
  let known = seen;
  const look = async () => {
    const instance = known ?? (await instanceAt(waiting.gce, id));
    known = undefined;
    return running(ctx, instance);
  };
  const instance = await inTime(`${ctx.machineName} to run and to have an address`, look, {
    ...waiting,
    timeout: startTime,
  });
  const [best = ''] = endpointOf(readConfig(ctx.data()), instance).addresses.map(({ ip }) => ip);
  const internalIp = instance.networkInterfaces?.[0]?.networkIP ?? '';
  await ctx.keep({ IPAddress: best, ...ownPatch<Own>(ctx.data(), { internalIp, instanceId: instance.id ?? '' }) });
  return instance;
}

function running(ctx: Powered['ctx'], instance: Instance | undefined): Instance | undefined {
  const { state, addresses, why } = describe(readConfig(ctx.data()), instance);
  if (state === 'None' && why) throw new TsmachineError('DRIVER_FAILED', say`${ctx.machineName}: ${why.text}`);
  if (state === 'Stopped') throw stoppedAgain(ctx.machineName);
  return state === 'Running' && addresses.length > 0 ? instance : undefined;
}

function stoppedAgain(name: string): TsmachineError {
  return new TsmachineError('DRIVER_FAILED', `${name} was stopped again right after its start, as Google does with spot VMs`, {
    hint: say`Try again later: ${run('start', name)}`,
  });
}

/** A VM that is gone is refused with words of one that never was. */
async function explained({ ctx, waiting }: Powered, id: string, error: unknown): Promise<unknown> {
  if (verdictOf(error) !== 'end' && TsmachineError.is(error))
    return new TsmachineError(error.code, messageOf(error), {
      cause: error.cause,
      hint: 'A stopped VM stays in its zone, and Google has no room there now: try again later, or make another machine',
    });
  if (!isNotFound(error)) return error;
  const { state, why } = describe(readConfig(ctx.data()), await instanceAt(waiting.gce, id));
  if (state !== 'None' || !why) return error;
  const hint = say`It does not come back. Remove what is left of it, and create it anew: ${run('rm', ctx.machineName)}`;
  return new TsmachineError('DRIVER_FAILED', say`${ctx.machineName}: ${why.text}`, { hint, cause: error });
}

function idIn({ ctx }: Powered): string {
  const config = readConfig(ctx.data());
  if (isMade(ctx.data(), config)) return idOf(config.zone, config.machineName);
  throw new TsmachineError('DRIVER_FAILED', `${ctx.machineName} has no VM yet`, { hint: 'Repeat the create that was interrupted' });
}
