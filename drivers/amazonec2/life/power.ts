import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import { messageOf } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import { readConfig, type Config } from '../config.js';
import { codeOf } from '../errors.js';
import type { Instance } from '../network/interfaces.js';
import { verdictOf } from './capacity.js';
import { instanceWith, isFresh, whileUnseen } from './list.js';
import { describe, endpointOf } from './look.js';
import { inTime, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';

/** Milliseconds; an instance with much memory takes minutes to hibernate. */
const stopTime = 600_000;
/** As long as Docker Machine waits. */
const startTime = 180_000;

export interface Powered {
  readonly ctx: Pick<DriverContext, 'data' | 'keep' | 'signal' | 'machineName'>;
  readonly ec2: Ec2;
  readonly pace: Pace;
}

/** Starts it, waits for its address and keeps that. One that runs is a success, and one that is stopping is waited for. */
export async function startInstance(powered: Powered): Promise<void> {
  const { ec2, ctx } = powered;
  const id = idOf(ctx);
  for (let isRepeated = false; ; isRepeated = true) {
    try {
      await onceSeen(powered, () => ec2.call('StartInstances', { InstanceIds: [id] }));
      break;
    } catch (error) {
      if (codeOf(error) !== 'IncorrectInstanceState' || isRepeated) throw withStartAdvice(await explained(powered, id, error));
      await settled(powered, id, ['stopping', 'pending'], stopTime);
    }
  }
  await reached(powered, id);
}

/** Shuts the guest down, or lets it hibernate if it was made so. One that is off is a success. */
export async function stopInstance(powered: Powered, how: 'stop' | 'kill'): Promise<void> {
  const { ec2, ctx } = powered;
  const { own, spot } = readConfig(ctx.data());
  const id = idOf(ctx);
  for (let isRepeated = false; ; isRepeated = true) {
    try {
      const way = how === 'kill' ? { Force: true } : own.hibernation ? { Hibernate: true } : {};
      await onceSeen(powered, () => ec2.call('StopInstances', { InstanceIds: [id], ...way }));
      return;
    } catch (error) {
      if (codeOf(error) !== 'IncorrectInstanceState' || isRepeated)
        throw withStopAdvice(await explained(powered, id, error), { spot, name: ctx.machineName });
      await settled(powered, id, ['pending'], startTime);
    }
  }
}

/** A reboot keeps the host and the addresses. */
export async function rebootInstance(powered: Powered): Promise<void> {
  const id = idOf(powered.ctx);
  await onceSeen(powered, () => powered.ec2.call('RebootInstances', { InstanceIds: [id] }));
}

/** A call about an instance that was made a moment ago may not find it yet. */
async function onceSeen({ ctx, pace }: Powered, call: () => Promise<unknown>): Promise<void> {
  const { madeAt } = readConfig(ctx.data()).own;
  await whileUnseen(call, { pace, signal: ctx.signal, isFresh: madeAt !== '' && isFresh(madeAt, pace) });
}

/**
 * Waits until the instance runs and has the address that it is reached by, and keeps its addresses.
 * @throws TsmachineError DRIVER_FAILED when it will not come, with Amazon's reason
 */
export async function reached({ ctx, ec2, pace }: Powered, id: string): Promise<{ readonly instance: Instance; readonly config: Config }> {
  const patience = { pace, signal: ctx.signal, timeout: startTime };
  const instance = await inTime(`${ctx.machineName} (${id}) to run and to have an address`, () => running(ctx, ec2, pace, id), patience);
  const [public4 = ''] = endpointOf(readConfig(ctx.data()), instance).addresses.map(({ ip }) => ip);
  const data = await ctx.keep({ IPAddress: public4, PrivateIPAddress: instance.PrivateIpAddress ?? '' });
  return { instance, config: readConfig(data) };
}

async function running(ctx: Powered['ctx'], ec2: Ec2, pace: Pace, id: string): Promise<Instance | undefined> {
  const instance = await instanceWith(ec2, id);
  const config = { ...readConfig(ctx.data()), instanceId: id };
  const { state, addresses, why } = describe(config, instance, pace);
  if (state === 'None' && why) throw new TsmachineError('DRIVER_FAILED', say`${ctx.machineName}: ${why.text}`);
  return state === 'Running' && addresses.length > 0 ? instance : undefined;
}

/** Waits while it is on its way to another state. */
async function settled({ ctx, ec2, pace }: Powered, id: string, passing: readonly string[], timeout: number): Promise<void> {
  await inTime(
    `${ctx.machineName} (${id}) to be no longer ${passing.join(' or ')}`,
    async () => {
      const instance = await instanceWith(ec2, id);
      return passing.includes(instance?.State?.Name ?? '') ? undefined : true;
    },
    { pace, signal: ctx.signal, timeout },
  );
}

/** An instance that has ended for good is refused with words of one that is busy, or of one that never was. */
async function explained({ ctx, ec2, pace }: Powered, id: string, error: unknown): Promise<unknown> {
  if (!/^(IncorrectInstanceState|InvalidInstanceID\.NotFound)$/.test(codeOf(error) ?? '')) return error;
  const { state, why } = describe(readConfig(ctx.data()), await instanceWith(ec2, id), pace);
  if (state !== 'None' || !why) return error;
  const hint = say`It does not come back. Remove what is left of it, and create it anew: ${run('rm', ctx.machineName)}`;
  return new TsmachineError('DRIVER_FAILED', say`${ctx.machineName}: ${why.text}`, { hint, cause: error });
}

function idOf(ctx: Powered['ctx']): string {
  const { instanceId } = readConfig(ctx.data());
  if (instanceId !== '') return instanceId;
  throw new TsmachineError('DRIVER_FAILED', `${ctx.machineName} has no instance yet`, { hint: 'Repeat the create that was interrupted' });
}

function withStartAdvice(error: unknown): unknown {
  if (!TsmachineError.is(error) || verdictOf(error) === 'end') return error;
  return new TsmachineError(error.code, messageOf(error), {
    cause: error.cause,
    hint: 'A stopped instance stays in its zone, and AWS has no room there now: try again later, or make another machine',
  });
}

function withStopAdvice(error: unknown, { spot, name }: { readonly spot: boolean; readonly name: string }): unknown {
  if (!TsmachineError.is(error) || !spot || codeOf(error) !== 'UnsupportedOperation') return error;
  const hint = say`AWS does not stop such spot instances, it only ends them: ${run('rm', name)}`;
  return new TsmachineError(error.code, messageOf(error), { cause: error.cause, hint });
}
