import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { isoOf } from '../../src/guest/boot2docker/iso.js';
import { isoUpgrade } from '../../src/driver/kit/iso-upgrade.js';
import type { Driver, DriverContext, DriverData, Endpoint, State } from '../../src/driver/contract.js';
import type { Computer, HyperV, Tools } from './api.js';
import { buildVm } from './vm/build.js';
import { thisComputer } from './computer.js';
import { parseConfig, readConfig, type HypervConfig } from './config.js';
import { diskOf, ensureBase, removeFile } from './vm/disks.js';
import { seedOf } from './vm/guest.js';
import { hypervBy } from './powershell/hyperv.js';
import { boot, end, halt } from './vm/power.js';
import { checkComputer } from './precheck.js';
import { findVm, stateOf } from './vm/vm.js';

const enginePort = 2376;

/** The driver over any computer; tests bring their own. */
export function hypervOver(computer: Computer, hypervOf = (ctx: DriverContext): HyperV => hypervBy(ctx, computer.platform)): Driver {
  const tools = (ctx: DriverContext): Tools => ({ computer, hyperv: hypervOf(ctx) });
  return {
    parse: parseConfig,
    precheck: (data, ctx) => checkComputer(readConfig(data), ctx, tools(ctx)),
    create: (data, ctx) => create(data, ctx, tools(ctx)),
    state: (data, ctx) => state(readConfig(data), ctx, tools(ctx)),
    endpoint: (data, ctx) => endpoint(readConfig(data), ctx, tools(ctx)),
    start: (data, ctx) => boot(data, ctx, tools(ctx)),
    async stop(data, ctx) {
      await halt(readConfig(data), ctx, tools(ctx));
      return data;
    },
    async kill(data, ctx) {
      await end(readConfig(data), ctx, tools(ctx));
      return data;
    },
    ...isoUpgrade((data) => {
      const { image, isoUrl } = readConfig(data);
      return image === '' ? isoUrl : undefined;
    }),
    remove: (data, ctx) => remove(readConfig(data), ctx, tools(ctx)),
  };
}

export const hyperv: Driver = hypervOver(thisComputer());

/** Image, VM, boot. Our mark is written down before there is a VM; half a VM that a cut-off run left is made anew. */
async function create(data: DriverData, ctx: DriverContext, tools: Tools): Promise<DriverData> {
  let settled: DriverData = data;
  const settle = async (fields: DriverData) => {
    settled = { ...settled, ...fields };
    await ctx.checkpoint(settled);
  };
  if (readConfig(settled).mark === '') await settle({ Mark: randomUUID() });
  if (!readConfig(settled).built) {
    if (readConfig(settled).image !== '') await settle({ BaseDisk: await ensureBase(readConfig(settled), ctx, tools) });
    await removeVm(readConfig(settled), ctx, tools);
    await buildVm(settled, ctx, tools, settle);
    await settle({ Built: true });
  }
  return boot(settled, ctx, tools);
}

async function remove(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  if (config.mark === '' && !config.built) return; // nothing was made yet
  await removeVm(config, ctx, tools);
  for (const path of [diskOf(ctx.machineDir), seedOf(ctx.machineDir), isoOf(ctx.machineDir), join(ctx.machineDir, config.machineName)]) {
    await removeFile(path);
  }
}

async function removeVm(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<void> {
  await end(config, ctx, tools);
  const vm = await findVm(config, ctx, tools);
  if (!vm) return;
  try {
    await tools.hyperv.removeVm(vm.id);
  } catch (error) {
    if (await findVm(config, ctx, tools)) throw error;
  }
}

async function state(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<State> {
  const vm = await findVm(config, ctx, tools);
  return vm ? stateOf(vm) : 'None';
}

async function endpoint(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<Endpoint> {
  const { ip, sshPort: port, sshUser: user, sshKeyPath: keyPath } = config;
  if (ip === '') return { addresses: [] };
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return {
    addresses: [{ ip, scope: 'private' }],
    ssh: { host: ip, port, user, hostKeyKnown: config.image !== '', ...(keyPath === '' ? {} : { keyPath }) },
    ...((await state(config, ctx, tools)) === 'Running' ? { dockerUrl: `tcp://${host}:${enginePort}` } : {}),
  };
}
