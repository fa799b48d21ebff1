import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext, DriverData, SshEndpoint } from '../../../src/driver/contract.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { waitForAddress, waitForLogin } from './address.js';
import type { Computer, VBoxManage } from '../api.js';
import { consoleLogOf } from './build.js';
import { readConfig, type VirtualboxConfig } from '../config.js';
import { connectVm, networkLock } from '../network/network.js';
import { startVm } from './startup.js';
import { existingVm, findVm, stateOf, vmName, type VmFacts } from './vm.js';

const haltTimeout = 90_000;
const killTimeout = 30_000;

/** Brings a VM up from whatever state it is in, and finds out its address. */
export async function boot(data: DriverData, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<DriverData> {
  const config = readConfig(data);
  const placed = await ctx.lock(networkLock, () => turnOn(data, ctx, vbox, computer));
  const running = readConfig(placed);
  const guest = {
    vm: vmName(running),
    ssh: sshOf(running),
    hint:
      running.image === ''
        ? `VBoxManage showvminfo ${running.machineName}`
        : `What it printed while it booted: ${consoleLogOf(ctx.machineDir)}`,
  };
  if (config.natOnly) {
    await waitForLogin(guest, ctx, vbox);
    return { ...placed, IPAddress: '127.0.0.1' };
  }
  const facts = await existingVm(running, ctx.machineDir, vbox);
  const ip = await waitForAddress({ ...guest, facts, network: running.hostOnlyCidr }, ctx, vbox, computer);
  if (config.ip !== '' && config.ip !== ip) ctx.io.info(`The address is ${ip} now; it was ${config.ip}`);
  return { ...placed, IPAddress: ip };
}

async function turnOn(data: DriverData, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<DriverData> {
  const config = readConfig(data);
  const vm = vmName(config);
  const facts = await existingVm(config, ctx.machineDir, vbox);
  switch (stateOf(facts)) {
    case 'Running':
    case 'Starting':
      return data;
    case 'Paused':
      ctx.io.info('Resuming VM ...');
      await vbox.run(['controlvm', vm, 'resume']);
      return data;
    case 'Saved': // its adapters and ports cannot be changed now
      await start(config, facts, vbox);
      return data;
    default: {
      ctx.io.info('Check network to re-create if needed...');
      const placed = await connectVm(data, facts, ctx, vbox, computer);
      ctx.io.progress('Starting the VM...');
      await start(readConfig(placed), facts, vbox);
      return placed;
    }
  }
}

async function start(config: VirtualboxConfig, facts: VmFacts, vbox: VBoxManage): Promise<void> {
  await startVm(vmName(config), config.uiType, facts.get('LogFldr') ?? '', vbox);
}

export function sshOf({ sshPort: port, sshUser: user, sshKeyPath: keyPath, image }: VirtualboxConfig): SshEndpoint {
  return { host: '127.0.0.1', port, user, hostKeyKnown: image !== '', ...(keyPath === '' ? {} : { keyPath }) };
}

/** Presses the VM's power button; one that does not go down within the time is switched off. */
export async function halt(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const vm = vmName(config);
  const facts = await existingVm(config, ctx.machineDir, vbox);
  if (['Stopped', 'Saved'].includes(stateOf(facts))) return;
  if (stateOf(facts) === 'Paused') await vbox.run(['controlvm', vm, 'resume']);
  await vbox.run(['controlvm', vm, 'acpipowerbutton']);
  try {
    await waitUntilOff(config, ctx, vbox, haltTimeout);
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
    ctx.io.warn(`${ctx.machineName} did not power off within ${haltTimeout / 1000} s and is switched off`);
    await end(config, ctx, vbox);
  }
}

/** Switches the VM off at once; one that is off, or gone, is fine. */
export async function end(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const facts = await findVm(config, ctx.machineDir, vbox);
  if (!facts || ['Stopped', 'Saved'].includes(stateOf(facts))) return;
  const args = ['controlvm', vmName(config), 'poweroff'];
  const { problem } = await vbox.attempt(args);
  if (problem !== undefined && !/is not currently running/.test(problem)) await vbox.run(args);
  await waitUntilOff(config, ctx, vbox, killTimeout);
}

async function waitUntilOff(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, timeout: number): Promise<void> {
  await waitFor(
    async () => {
      const facts = await findVm(config, ctx.machineDir, vbox);
      return !facts || stateOf(facts) === 'Stopped' || undefined;
    },
    { timeout, interval: 200, signal: ctx.signal, what: `${ctx.machineName} to be off` },
  );
}
