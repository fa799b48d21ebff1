import { join } from 'node:path';

import { isoUpgrade } from '../../src/driver/kit/iso-upgrade.js';
import type { Driver, DriverContext } from '../../src/driver/contract.js';
import type { Computer, HyperV, Tools } from './api.js';
import { checkConfig } from './check.js';
import { thisComputer } from './computer.js';
import { isUnasked, parseConfig, readConfig } from './config.js';
import { discardLeftover, listLeftovers } from './leftovers.js';
import { hypervBy, type ScriptContext } from './powershell/hyperv.js';
import { checkComputer } from './precheck.js';
import { ensureVm } from './vm/build.js';
import { drivesOf } from './vm/disks.js';
import { endpointOf, lookAtAll, lookAtVm } from './vm/look.js';
import { boot, halt, removeVm, turnOff } from './vm/power.js';
import { findVm, vmKind, withLedger } from './vm/vm.js';

/** The driver over any computer; tests bring their own. */
export function hypervOver(computer: Computer, hypervOf = (ctx: ScriptContext): HyperV => hypervBy(ctx, computer.platform)): Driver {
  const tools = (ctx: ScriptContext): Tools => ({ computer, hyperv: hypervOf(ctx) });
  return {
    parse: async (input) => parseConfig(input),
    check: checkConfig,
    precheck: (data, ctx) => checkComputer(readConfig(data), ctx, tools(ctx)),
    async create(_data, ctx) {
      await ensureVm(ctx, tools(ctx));
      await boot(ctx, tools(ctx));
    },
    look: (data, ctx) => lookAtVm(readConfig(data), ctx, tools(ctx)),
    where: (data) => endpointOf(readConfig(data)),
    lookAll: (machines, ctx) => lookAtAll(machines, ctx, tools(ctx)),
    start: (_data, ctx) => boot(ctx, tools(ctx)),
    stop: (data, ctx) => halt(readConfig(data), ctx, tools(ctx)),
    kill: (data, ctx) => turnOff(() => findVm(readConfig(data), ctx, tools(ctx)), ctx, tools(ctx).hyperv),
    remove: (_data, ctx) => remove(ctx, tools(ctx)),
    leftovers: (ctx) => listLeftovers(ctx, tools(ctx)),
    discard: (leftover, ctx) => discardLeftover(leftover, ctx, tools(ctx)),
    ...isoUpgrade((data) => {
      const { image, isoUrl } = readConfig(data);
      return image === '' ? isoUrl : undefined;
    }),
  };
}

export const hyperv: Driver = hypervOver(thisComputer());

async function remove(ctx: DriverContext, tools: Tools): Promise<{ left: [] }> {
  const entries = (await ctx.resources()).filter(({ kind }) => kind === vmKind);
  const config = withLedger(readConfig(ctx.data()), entries[0]);
  if (isUnasked(config)) return { left: [] };
  await removeVm(() => findVm(config, ctx, tools), ctx, tools.hyperv);
  for (const path of [...drivesOf(ctx.machineDir), join(ctx.machineDir, ctx.machineName)]) await ctx.files.remove(path);
  for (const entry of entries) await ctx.released(entry);
  return { left: [] };
}
