import { TsmachineError } from '../../src/base/errors.js';
import type { AccountContext, Driver, DriverContext, DriverData, FlagValues } from '../../src/driver/contract.js';
import { realPace, type Pace } from '../../src/driver/kit/cloud/call/pace.js';
import { accountOf, type Arm, type Caller, type OpenArm } from './api.js';
import { checkConfig } from './check.js';
import { readConfig } from './config.js';
import { placeOf, wordsOf } from './credentials.js';
import { discardLeftover, listLeftovers } from './leftovers.js';
import { claimMachine } from './life/claim.js';
import { readConsole } from './life/console.js';
import { createMachine } from './life/create.js';
import { lookAt, lookAtAll } from './life/look.js';
import { restartVm, startVm, stopVm } from './life/power.js';
import { removeMachine } from './life/remove.js';
import { accessOf, allow } from './network/access.js';
import { openPorts } from './network/ports.js';
import { parseConfig } from './parse.js';
import { precheckMachine } from './precheck.js';

type World = Caller & { readonly secrets: FlagValues };

/** What of the world is not in a driver's context. */
export interface Outside {
  readonly open: OpenArm;
  readonly pace?: Pace;
}

/** The driver over any Azure; tests bring their own. */
export function azureOver({ open, pace = realPace }: Outside): Driver {
  const arm = (data: DriverData, ctx: World): Arm => open(placeOf(data, ctx.secrets), ctx);
  const acting = (data: DriverData, ctx: DriverContext) => ({ ctx, arm: arm(data, ctx), pace });
  const account = (ctx: AccountContext) => open(accountPlace(ctx), ctx);
  return {
    parse: async (input) => Promise.resolve(parseConfig(input)),
    check: checkConfig,
    precheck: (data, ctx) => precheckMachine(ctx, arm(data, ctx)),
    create: (data, ctx) => createMachine(acting(data, ctx)),
    look: (data, ctx) => lookAt(data, arm(data, ctx)),
    async lookAll(machines, ctx) {
      const [data] = machines.values();
      return data === undefined ? new Map() : lookAtAll(machines, arm(data, ctx));
    },
    start: (data, ctx) => startVm(acting(data, ctx)),
    stop: (data, ctx) => stopVm(acting(data, ctx), 'stop'),
    kill: (data, ctx) => stopVm(acting(data, ctx), 'kill'),
    restart: (data, ctx) => restartVm(acting(data, ctx)),
    remove: (data, ctx) => removeMachine(acting(data, ctx)),
    console: (data, ctx) => readConsole(readConfig(data), ctx, arm(data, ctx)),
    place: (data) => networkOf(readConfig(data).own.subnetId) || readConfig(data).location,
    account: (data, secrets) => accountOf(placeOf(data, secrets)),
    openPorts: (members, ctx, request) => openPorts(members, ctx, request, (data) => arm(data, ctx)),
    access: (data, ctx) => accessOf(readConfig(data), ctx, arm(data, ctx)),
    allow: (data, ctx, networks) => allow(readConfig(data), ctx, arm(data, ctx), networks),
    credentials: (secrets) => wordsOf(secrets),
    leftovers: (ctx) => listLeftovers(account(ctx)),
    discard: (leftover, ctx) => discardLeftover(account(ctx), leftover),
    claim: (data, ctx) => claimMachine(acting(data, ctx)),
  };
}

/** Machines of one network reach each other by private address. */
function networkOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]+$/, '').toLowerCase();
}

function accountPlace({ secrets }: AccountContext) {
  const place = placeOf({}, secrets);
  if (place.subscription !== '') return place;
  throw new TsmachineError('FLAG_MISSING', 'azure driver requires the "azure-subscription-id" option.', {
    hint: 'Give --azure-subscription-id, or set AZURE_SUBSCRIPTION_ID',
  });
}
