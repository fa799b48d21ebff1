import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext, DriverData } from '../../../src/driver/contract.js';
import { waitForAddress } from './address.js';
import type { Tools } from '../api.js';
import { readConfig, type HypervConfig } from '../config.js';
import { existingVm, findVm, stateOf } from './vm.js';

const haltTimeout = 90_000;
const killTimeout = 30_000;

/** Brings a VM up from whatever state it is in, and finds out its address. */
export async function boot(data: DriverData, ctx: DriverContext, tools: Tools): Promise<DriverData> {
  const config = readConfig(data);
  const vm = await existingVm(config, ctx, tools);
  if (stateOf(vm) !== 'Running') {
    ctx.io.progress('Starting VM...');
    await tools.hyperv.start(vm.id);
  }
  const ip = await waitForAddress({ id: vm.id, switch: config.virtualSwitch }, ctx, tools);
  if (config.ip !== '' && config.ip !== ip) ctx.io.info(`The address is ${ip} now; it was ${config.ip}`);
  return { ...data, VMId: vm.id, IPAddress: ip };
}

/** Asks the guest to power off; one that does not within the time is switched off. */
export async function halt(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  const vm = await existingVm(config, ctx, tools);
  if (['Stopped', 'Saved'].includes(stateOf(vm))) return;
  if (stateOf(vm) === 'Paused') await tools.hyperv.start(vm.id);
  ctx.io.progress('Waiting for host to stop...');
  try {
    await tools.hyperv.stop(vm.id, haltTimeout);
    await waitUntilOff(config, ctx, tools);
  } catch (error) {
    if (!TsmachineError.is(error)) throw error;
    const now = await findVm(config, ctx, tools);
    if (!now || stateOf(now) === 'Stopped') return;
    ctx.io.warn(`${ctx.machineName} does not power off and is switched off (${error.message.split('\n')[0] ?? ''})`);
    await end(config, ctx, tools);
  }
}

/** Switches the VM off at once; one that is off, or gone, is fine. */
export async function end(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  const vm = await findVm(config, ctx, tools);
  if (!vm || ['Stopped', 'Saved'].includes(stateOf(vm))) return;
  try {
    await tools.hyperv.turnOff(vm.id);
  } catch (error) {
    const now = await findVm(config, ctx, tools);
    if (now && stateOf(now) !== 'Stopped') throw error;
  }
  await waitUntilOff(config, ctx, tools);
}

async function waitUntilOff(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  await waitFor(
    async () => {
      const vm = await findVm(config, ctx, tools);
      return !vm || stateOf(vm) === 'Stopped' || undefined;
    },
    { timeout: killTimeout, interval: 300, signal: ctx.signal, what: `${ctx.machineName} to be off` },
  );
}
