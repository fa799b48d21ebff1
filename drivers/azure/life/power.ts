import { TsmachineError, messageOf } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import type { Arm } from '../api.js';
import { readConfig, type Own } from '../config.js';
import { armRefusal, isNotFound } from '../errors.js';
import { partsOf } from '../naming/names.js';
import { keepAddresses } from './addresses.js';
import { verdictOf } from './capacity.js';

export interface Powered {
  readonly ctx: Pick<DriverContext, 'data' | 'keep' | 'signal' | 'machineName' | 'io'>;
  readonly arm: Arm;
}

/** Starts it and keeps its addresses. One that runs is a success. */
export async function startVm(powered: Powered): Promise<void> {
  const { ctx, arm } = powered;
  const { group, name } = vmOf(ctx);
  await acting(powered, () =>
    arm.call('Microsoft.Compute/virtualMachines/start/action', ({ compute }) => compute.virtualMachines.start(group, name)),
  );
  await ctx.keep(ownPatch<Own>(ctx.data(), { stopped: false, privateIp: '' }));
  await keepAddresses(powered);
}

/**
 * Shuts the guest down and gives its host back, so that only its disk costs. An ephemeral disk is on that host, so such a machine is only
 * shut down. One that is off is a success.
 */
export async function stopVm(powered: Powered, how: 'stop' | 'kill'): Promise<void> {
  const { ctx, arm } = powered;
  const { own } = readConfig(ctx.data());
  const { group, name } = vmOf(ctx);
  if (how === 'kill' || own.ephemeralDisk)
    await acting(powered, () =>
      arm.call('Microsoft.Compute/virtualMachines/powerOff/action', ({ compute }) =>
        compute.virtualMachines.powerOff(group, name, { skipShutdown: how === 'kill' }),
      ),
    );
  if (own.ephemeralDisk) ctx.io.info(`${ctx.machineName} is off, and costs as if it ran: its disk is on its host`);
  else
    await acting(powered, () =>
      arm.call('Microsoft.Compute/virtualMachines/deallocate/action', ({ compute }) => compute.virtualMachines.deallocate(group, name)),
    );
  await ctx.keep(ownPatch<Own>(ctx.data(), { stopped: true }));
}

/** A restart keeps the host and the addresses. */
export async function restartVm(powered: Powered): Promise<void> {
  const { group, name } = vmOf(powered.ctx);
  await acting(powered, () =>
    powered.arm.call('Microsoft.Compute/virtualMachines/restart/action', ({ compute }) => compute.virtualMachines.restart(group, name)),
  );
}

async function acting({ ctx, arm }: Powered, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (isNotFound(error)) {
      const { location } = readConfig(ctx.data());
      throw new TsmachineError('DRIVER_FAILED', `${ctx.machineName}: Azure has no such virtual machine in ${location} any more`, {
        hint: say`It does not come back. Remove what is left of it, and create it anew: ${run('rm', ctx.machineName)}`,
        cause: error,
      });
    }
    throw withAdvice(error, arm);
  }
}

function withAdvice(error: unknown, arm: Arm): unknown {
  if (!TsmachineError.is(error) || !armRefusal(error) || verdictOf(error) === 'end') return error;
  return new TsmachineError(error.code, messageOf(error), {
    cause: error.cause,
    hint: `Azure has no room for it in ${arm.place.location} now: try again later, or make another machine`,
  });
}

function vmOf(ctx: Pick<DriverContext, 'data' | 'machineName'>): { readonly group: string; readonly name: string } {
  const named = partsOf(readConfig(ctx.data()).own.vmId);
  if (named) return named;
  throw new TsmachineError('DRIVER_FAILED', `${ctx.machineName} has no virtual machine yet`, {
    hint: 'Repeat the create that was interrupted',
  });
}
