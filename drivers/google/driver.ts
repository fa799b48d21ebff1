import type { AccountContext, Driver, DriverContext, DriverData, FlagValues } from '../../src/driver/contract.js';
import { realPace, type Pace } from '../../src/driver/kit/cloud/call/pace.js';
import type { Caller, Gce, OpenGce } from './api.js';
import type { Waiting } from './call/operations.js';
import { accountOf } from './call/place.js';
import { checkConfig } from './check.js';
import { readConfig } from './config.js';
import { placeOf, refuseNoProject, wordsOf } from './credentials.js';
import { discardLeftover, listLeftovers } from './leftovers.js';
import { claimMachine } from './life/claim.js';
import { readConsole } from './life/console.js';
import { createMachine } from './life/create.js';
import { idOf } from './life/launch.js';
import { isMade, lookAt, lookAtAll } from './life/look.js';
import { startInstance, stopInstance } from './life/power.js';
import { removeMachine } from './life/remove.js';
import { accessOf, allow } from './network/access.js';
import { openPorts } from './network/ports.js';
import { networkOf } from './network/where.js';
import { parseConfig } from './parse.js';
import { precheckMachine } from './precheck.js';

type World = Caller & { readonly secrets: FlagValues };

/** What of the world is not in a driver's context. */
export interface Outside {
  readonly open: OpenGce;
  readonly pace?: Pace;
}

/** The driver over any Compute Engine; tests bring their own. */
export function googleOver({ open, pace = realPace }: Outside): Driver {
  const gce = (data: DriverData, ctx: World): Gce => open(placeOf(data, ctx.secrets), ctx);
  const waiting = (data: DriverData, ctx: World): Waiting => ({ gce: gce(data, ctx), pace, signal: ctx.signal });
  const acting = (data: DriverData, ctx: DriverContext) => ({ ctx, waiting: waiting(data, ctx) });
  const project = (ctx: AccountContext) => {
    refuseNoProject(ctx.secrets);
    return waiting({}, ctx);
  };
  return {
    parse: async (input) => Promise.resolve(parseConfig(input)),
    check: checkConfig,
    precheck: (data, ctx) => precheckMachine(ctx, gce(data, ctx)),
    create: (data, ctx) => createMachine(acting(data, ctx)),
    look: (data, ctx) => lookAt(data, gce(data, ctx)),
    async lookAll(machines, ctx) {
      const [data] = machines.values();
      return data === undefined ? new Map() : lookAtAll(machines, gce(data, ctx));
    },
    start: (data, ctx) => startInstance(acting(data, ctx)),
    stop: (data, ctx) => stopInstance(acting(data, ctx)),
    kill: (data, ctx) => stopInstance(acting(data, ctx)),
    remove: (data, ctx) => removeMachine(acting(data, ctx)),
    async console(data, ctx) {
      const config = readConfig(data);
      return isMade(data, config) ? readConsole(gce(data, ctx), idOf(config.zone, config.machineName)) : '';
    },
    place: (data) => networkOf(readConfig(data)),
    account: (data, secrets) => accountOf(placeOf(data, secrets)),
    async openPorts(members, ctx, request) {
      const [data] = members.values();
      if (data !== undefined) await openPorts(members, ctx, request, waiting(data, ctx));
    },
    access: (data, ctx) => accessOf(readConfig(data), ctx, waiting(data, ctx)),
    allow: (data, ctx, networks) => allow(readConfig(data), ctx, waiting(data, ctx), networks),
    credentials: (secrets) => wordsOf(secrets),
    leftovers: async (ctx) => listLeftovers(project(ctx).gce, ctx),
    discard: (leftover, ctx) => discardLeftover(project(ctx), leftover),
    claim: (data, ctx) => claimMachine(acting(data, ctx)),
  };
}
