import { isoUpgrade } from '../../src/driver/kit/iso-upgrade.js';
import type { Driver, DriverContext } from '../../src/driver/contract.js';
import type { Computer, VBoxManage } from './api.js';
import { checkConfig } from './check.js';
import { thisComputer } from './computer.js';
import { parseConfig, readConfig } from './config.js';
import { discardLeftover } from './leftovers/discard.js';
import { listLeftovers } from './leftovers/list.js';
import { checkComputer } from './precheck.js';
import { vboxManage } from './program/vboxmanage.js';
import { removeMachine } from './remove.js';
import { readConsole } from './vm/console.js';
import { ensureVm } from './vm/ensure.js';
import { endpointOf, lookAtAll, lookAtVm } from './vm/look.js';
import { boot, end, halt } from './vm/power.js';

interface Tools {
  readonly vbox: VBoxManage;
  readonly computer: Computer;
}

/** What of a context runs programs: one machine's or that of many. */
type Programs = Pick<DriverContext, 'exec' | 'signal'>;

/** The driver over any computer; tests bring their own. */
export function virtualboxOver(computerOf: (ctx: Programs) => Computer): Driver {
  const tools = (ctx: Programs): Tools => {
    const computer = computerOf(ctx);
    return { computer, vbox: vboxManage(ctx, computer) };
  };
  return {
    parse: async (input) => Promise.resolve(parseConfig(input)),
    check: checkConfig,
    async precheck(data, ctx) {
      const { vbox, computer } = tools(ctx);
      await checkComputer(readConfig(data), ctx, vbox, computer);
    },
    async create(_data, ctx) {
      const { vbox, computer } = tools(ctx);
      await ensureVm(ctx, vbox, computer);
      await boot(ctx, vbox, computer);
    },
    look: (data, ctx) => lookAtVm(readConfig(data), ctx, tools(ctx).vbox),
    where: (data) => endpointOf(readConfig(data)),
    lookAll: (machines, ctx) => lookAtAll(machines, ctx, tools(ctx).vbox),
    async start(_data, ctx) {
      const { vbox, computer } = tools(ctx);
      await boot(ctx, vbox, computer);
    },
    stop: (data, ctx) => halt(readConfig(data), ctx, tools(ctx).vbox),
    kill: (data, ctx) => end(readConfig(data), ctx, tools(ctx).vbox),
    async remove(data, ctx) {
      const { vbox, computer } = tools(ctx);
      return removeMachine(readConfig(data), ctx, vbox, computer);
    },
    console: (data, ctx) => readConsole(readConfig(data), ctx),
    async leftovers(ctx) {
      const { vbox, computer } = tools(ctx);
      return listLeftovers(ctx, vbox, computer);
    },
    async discard(leftover, ctx) {
      const { vbox, computer } = tools(ctx);
      await discardLeftover(leftover, ctx, vbox, computer);
    },
    ...isoUpgrade((data) => {
      const { image, isoUrl } = readConfig(data);
      return image === '' ? isoUrl : undefined;
    }),
  };
}

export const virtualbox: Driver = virtualboxOver(thisComputer);
