import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isoUpgrade } from '../../src/driver/kit/iso-upgrade.js';
import { waitFor } from '../../src/base/wait.js';
import type { Driver, DriverContext, DriverData, Endpoint, State } from '../../src/driver/contract.js';
import type { Computer, VBoxManage } from './api.js';
import { buildCommands } from './vm/build.js';
import { thisComputer } from './computer.js';
import { parseConfig, readConfig, type VirtualboxConfig } from './config.js';
import { ensureBase, removeDisks } from './disks/disks.js';
import { makeDrives } from './disks/guest.js';
import { readImported } from './disks/import.js';
import { disconnect, enginePort, networkLock } from './network/network.js';
import { boot, end, halt, sshOf } from './vm/power.js';
import { checkComputer } from './precheck.js';
import { shareOf } from './disks/share.js';
import { failure, vboxManage } from './program/vboxmanage.js';
import { findVm, isMissing, stateOf, vmName } from './vm/vm.js';

interface Tools {
  readonly vbox: VBoxManage;
  readonly computer: Computer;
}

/** The driver over any computer; tests bring their own. */
export function virtualboxOver(computerOf: (ctx: DriverContext) => Computer): Driver {
  const tools = (ctx: DriverContext): Tools => {
    const computer = computerOf(ctx);
    return { computer, vbox: vboxManage(ctx, computer) };
  };
  return {
    parse: parseConfig,
    async precheck(data, ctx) {
      const { vbox, computer } = tools(ctx);
      await checkComputer(readConfig(data), ctx, vbox, computer);
    },
    create: (data, ctx) => create(data, ctx, tools(ctx)),
    state: (data, ctx) => state(readConfig(data), ctx, tools(ctx)),
    endpoint: (data, ctx) => endpoint(readConfig(data), ctx, tools(ctx)),
    async start(data, ctx) {
      const { vbox, computer } = tools(ctx);
      return boot(data, ctx, vbox, computer);
    },
    async stop(data, ctx) {
      await halt(readConfig(data), ctx, tools(ctx).vbox);
      return data;
    },
    async kill(data, ctx) {
      await end(readConfig(data), ctx, tools(ctx).vbox);
      return data;
    },
    ...isoUpgrade((data) => {
      const { image, isoUrl } = readConfig(data);
      return image === '' ? isoUrl : undefined;
    }),
    remove: (data, ctx) => remove(readConfig(data), ctx, tools(ctx)),
  };
}

export const virtualbox: Driver = virtualboxOver(thisComputer);

/** Image, VM, boot. The VM's UUID is ours and written down before there is a VM; half a VM that a cut-off run left is made anew. */
async function create(data: DriverData, ctx: DriverContext, { vbox, computer }: Tools): Promise<DriverData> {
  let settled: DriverData = data;
  const settle = async (fields: DriverData) => {
    settled = { ...settled, ...fields };
    await ctx.checkpoint(settled);
  };
  if (readConfig(settled).vmId === '') await settle({ VMId: randomUUID() });
  if (!readConfig(settled).built) {
    const { image, importVm } = readConfig(settled);
    if (image !== '') await settle({ BaseDisk: await ensureBase(readConfig(settled), ctx, vbox, computer) });
    if (importVm !== '') await settle((await readImported(importVm, vbox, computer)).fields);
    await build(readConfig(settled), ctx, { vbox, computer });
    await settle({ Built: true });
  }
  return boot(settled, ctx, vbox, computer);
}

async function build(config: VirtualboxConfig, ctx: DriverContext, { vbox, computer }: Tools): Promise<void> {
  await unregister(config, ctx, vbox);
  await rm(join(ctx.machineDir, config.machineName), { recursive: true, force: true }); // the settings of half a VM
  ctx.io.progress('Creating VirtualBox VM...');
  const drives = await makeDrives(config, ctx, vbox, computer);
  const commands = buildCommands({
    config,
    machineDir: ctx.machineDir,
    drives,
    cpus: config.cpus < 1 ? Math.min(computer.cpus, 32) : config.cpus,
    arm: computer.architecture === 'arm64',
    share: shareOf(config, computer.platform),
  });
  for (const args of commands) await vbox.run(args);
}

async function remove(config: VirtualboxConfig, ctx: DriverContext, { vbox, computer }: Tools): Promise<void> {
  if (config.vmId === '' && !config.built) return; // nothing was made yet
  const facts = await findVm(config, ctx.machineDir, vbox);
  if (facts) {
    await end(config, ctx, vbox);
    if (stateOf(facts) === 'Saved') await vbox.attempt(['discardstate', vmName(config)]);
    await unregister(config, ctx, vbox);
  }
  await removeDisks(config, ctx, vbox);
  if (!config.natOnly) await ctx.lock(networkLock, () => disconnect(ctx, vbox, computer));
}

/** Without `--delete`: that would take the shared disk below the machine's along. The VM's files go with the machine's folder. */
async function unregister(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const args = ['unregistervm', vmName(config)];
  // VirtualBox holds a VM that was just switched off for a moment.
  await waitFor(
    async () => {
      if (!(await findVm(config, ctx.machineDir, vbox))) return true;
      const { problem } = await vbox.attempt(args);
      if (problem === undefined || isMissing(problem)) return true;
      if (!/lock|busy|in use/i.test(problem)) throw failure(args, problem);
      return undefined;
    },
    { timeout: 20_000, interval: 200, signal: ctx.signal, what: `VirtualBox to let go of the VM of ${ctx.machineName}` },
  );
}

async function state(config: VirtualboxConfig, ctx: DriverContext, { vbox }: Tools): Promise<State> {
  const facts = await findVm(config, ctx.machineDir, vbox);
  return facts ? stateOf(facts) : 'None';
}

async function endpoint(config: VirtualboxConfig, ctx: DriverContext, tools: Tools): Promise<Endpoint> {
  if (config.sshPort === 0) return { addresses: [] };
  const ssh = sshOf(config);
  if (config.ip === '') return { addresses: [], ssh };
  const port = config.natOnly ? config.enginePort : enginePort;
  return {
    addresses: [{ ip: config.ip, scope: 'private' }],
    ssh,
    ...((await state(config, ctx, tools)) === 'Running' ? { dockerUrl: `tcp://${config.ip}:${port}` } : {}),
  };
}
