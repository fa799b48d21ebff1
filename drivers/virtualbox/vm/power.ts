import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext, SshEndpoint } from '../../../src/driver/contract.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { waitForAddress, waitForLogin } from './address.js';
import type { Computer, VBoxManage } from '../api.js';
import { consoleLogOf } from './build.js';
import { readConfig, type VirtualboxConfig } from '../config.js';
import { connectVm, networkLock } from '../network/network.js';
import { openedVm } from './reopen.js';
import { startVm } from './startup.js';
import { existingVm, findVm, inaccessible, stateOf, vmName, type VmFacts } from './vm.js';

const haltTimeout = 90_000;
const killTimeout = 30_000;

/** Brings a VM up from whatever state it is in, and finds out its address. */
export async function boot(ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  const config = await ctx.lock(networkLock, () => turnOn(ctx, vbox, computer));
  const guest = {
    vm: vmName(config),
    ssh: sshOf(config),
    hint:
      config.image === ''
        ? `VBoxManage showvminfo ${config.machineName}`
        : `What it printed while it booted: ${consoleLogOf(ctx.machineDir)}`,
  };
  if (config.natOnly) {
    await waitForLogin(guest, ctx, vbox);
    await keepAddress('127.0.0.1', config, ctx);
    return;
  }
  const facts = await existingVm(config, ctx.machineDir, vbox);
  const ip = await waitForAddress({ ...guest, facts, network: config.hostOnlyCidr }, ctx, vbox, computer);
  if (config.ip !== '' && config.ip !== ip) ctx.io.info(`The address is ${ip} now; it was ${config.ip}`);
  await keepAddress(ip, config, ctx);
}

async function keepAddress(ip: string, config: VirtualboxConfig, ctx: DriverContext): Promise<void> {
  if (config.ip !== ip) await ctx.keep({ IPAddress: ip });
}

/** @returns the machine's data, with the ports and the network that it has now */
async function turnOn(ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<VirtualboxConfig> {
  const config = readConfig(ctx.data());
  const vm = vmName(config);
  const facts = await openedVm(config, ctx, vbox);
  switch (stateOf(facts)) {
    case 'Running':
    case 'Starting':
      return config;
    case 'Paused':
      ctx.io.info('Resuming VM ...');
      await vbox.run(['controlvm', vm, 'resume']);
      return config;
    case 'Saved': // its adapters and ports cannot be changed now
      await start(config, facts, ctx, vbox);
      return config;
    case 'Error':
      await end(config, ctx, vbox);
      return startConnected(config, facts, ctx, vbox, computer);
    default:
      return startConnected(config, facts, ctx, vbox, computer);
  }
}

async function startConnected(
  config: VirtualboxConfig,
  facts: VmFacts,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<VirtualboxConfig> {
  ctx.io.info('Check network to re-create if needed...');
  const connected = await connectVm(config, facts, ctx, vbox, computer);
  ctx.io.info('Starting the VM...');
  await start(connected, facts, ctx, vbox);
  return connected;
}

async function start(config: VirtualboxConfig, facts: VmFacts, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  await startVm(vmName(config), config.uiType, facts.get('LogFldr') ?? '', ctx.files, vbox);
}

export function sshOf({ sshPort: port, sshUser: user, sshKeyPath: keyPath, image }: VirtualboxConfig): SshEndpoint {
  return { host: '127.0.0.1', port, user, hostKeyKnown: image !== '', ...(keyPath === '' ? {} : { keyPath }) };
}

/** Presses the VM's power button; one that does not go down within the time is switched off. */
export async function halt(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const vm = vmName(config);
  const facts = await existingVm(config, ctx.machineDir, vbox);
  if (['Stopped', 'Saved'].includes(stateOf(facts))) return;
  if (stateOf(facts) === 'Error') return end(config, ctx, vbox); // it does not react to its power button
  if (stateOf(facts) === 'Paused') await vbox.run(['controlvm', vm, 'resume']);
  await vbox.run(['controlvm', vm, 'acpipowerbutton']);
  try {
    await waitUntilOff(config, ctx, vbox, haltTimeout);
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
    ctx.io.warn(`${ctx.machineName} did not power off within ${haltTimeout / 1000} s and was switched off`);
    await end(config, ctx, vbox);
  }
}

type Vm = Pick<DriverContext, 'machineDir' | 'signal'>;

/** Switches the VM off at once. One that is off, gone, or cannot be opened by VirtualBox stays as it is. */
export async function end(config: VirtualboxConfig, ctx: Vm, vbox: VBoxManage): Promise<void> {
  const facts = await findVm(config, ctx.machineDir, vbox);
  if (!facts || facts.get('VMState') === inaccessible || ['Stopped', 'Saved'].includes(stateOf(facts))) return;
  const args = ['controlvm', vmName(config), 'poweroff'];
  const { problem } = await vbox.attempt(args);
  if (problem !== undefined && !/is not currently running/.test(problem)) await vbox.run(args);
  await waitUntilOff(config, ctx, vbox, killTimeout);
}

async function waitUntilOff(config: VirtualboxConfig, ctx: Vm, vbox: VBoxManage, timeout: number): Promise<void> {
  await waitFor(
    async () => {
      const facts = await findVm(config, ctx.machineDir, vbox);
      return !facts || stateOf(facts) === 'Stopped' || undefined;
    },
    { timeout, interval: 200, signal: ctx.signal, what: `${config.machineName} to be off` },
  );
}
