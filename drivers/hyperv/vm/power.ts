import { TsmachineError, errorText } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { HyperV, Tools } from '../api.js';
import { readConfig, type HypervConfig } from '../config.js';
import { waitForAddress } from './address.js';
import { existingVm, findVm, isOff, stateOf, type FindVm } from './vm.js';

const haltTimeout = 90_000;
const killTimeout = 30_000;

/** Starts a VM from whatever state it is in, and keeps the address that it has. */
export async function boot(ctx: DriverContext, tools: Tools): Promise<void> {
  const config = readConfig(ctx.data());
  const vm = await existingVm(config, ctx, tools);
  if (stateOf(vm) !== 'Running') {
    ctx.io.info('Starting VM...');
    await tools.hyperv.start(vm.id);
  }
  const ip = await waitForAddress({ id: vm.id, switch: config.virtualSwitch }, ctx, tools);
  if (config.ip !== '' && config.ip !== ip) ctx.io.info(`The address is ${ip} now; it was ${config.ip}`);
  if (config.ip !== ip || config.vmId !== vm.id) await ctx.keep({ VMId: vm.id, IPAddress: ip });
}

/** Asks the guest to power off; turns it off when it does not in time. */
export async function halt(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  const vm = await existingVm(config, ctx, tools);
  if (isOff(vm)) return;
  const find = () => findVm(config, ctx, tools);
  if (stateOf(vm) === 'Paused') await tools.hyperv.start(vm.id);
  ctx.io.info('Waiting for host to stop...');
  try {
    await tools.hyperv.stop(vm.id, haltTimeout);
    await waitUntilOff(find, ctx);
  } catch (error) {
    if (!TsmachineError.is(error)) throw error;
    const now = await find();
    if (!now || stateOf(now) === 'Stopped') return;
    ctx.io.warn(`${ctx.machineName} does not power off and is turned off (${errorText(error).split('\n')[0] ?? ''})`);
    await turnOff(find, ctx, tools.hyperv);
  }
}

/** Turns a VM off at once; one that is off, or gone, is a success. */
export async function turnOff(find: FindVm, ctx: Pick<DriverContext, 'signal'>, hyperv: HyperV): Promise<void> {
  const vm = await find();
  if (!vm || isOff(vm)) return;
  try {
    await hyperv.turnOff(vm.id);
  } catch (error) {
    const now = await find();
    if (now && stateOf(now) !== 'Stopped') throw error;
  }
  await waitUntilOff(find, ctx);
}

/** Turns a VM off and removes it; one that is gone is a success. Its disks stay. */
export async function removeVm(find: FindVm, ctx: Pick<DriverContext, 'signal'>, hyperv: HyperV): Promise<void> {
  await turnOff(find, ctx, hyperv);
  const vm = await find();
  if (!vm) return;
  try {
    await hyperv.removeVm(vm.id);
  } catch (error) {
    if (await find()) throw error;
  }
}

async function waitUntilOff(find: FindVm, { signal }: Pick<DriverContext, 'signal'>): Promise<void> {
  await waitFor(
    async () => {
      const vm = await find();
      return !vm || stateOf(vm) === 'Stopped' || undefined;
    },
    { timeout: killTimeout, interval: 300, signal, what: 'the VM to be off' },
  );
}
