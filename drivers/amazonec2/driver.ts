import type { AccountContext, Driver, DriverContext, DriverData, FlagValues } from '../../src/driver/contract.js';
import { accountOf, type Caller, type Ec2, type OpenEc2 } from './api.js';
import { checkConfig } from './check.js';
import { readConfig } from './config.js';
import { dropStoredKeys, placeOf, wordsOf, type Environment } from './credentials.js';
import { discardLeftover, listLeftovers } from './leftovers.js';
import { claimMachine } from './life/claim.js';
import { readConsole } from './life/console.js';
import { createMachine } from './life/create.js';
import { lookAt, lookAtAll } from './life/look.js';
import { realPace, type Pace } from '../../src/driver/kit/cloud/call/pace.js';
import { rebootInstance, startInstance, stopInstance, type Powered } from './life/power.js';
import { removeMachine } from './life/remove.js';
import { accessOf, allow } from './network/access.js';
import { openPorts } from './network/ports.js';
import { parseConfig } from './parse.js';
import { precheckMachine } from './precheck.js';

type World = Caller & { readonly secrets: FlagValues };

/** What of the world is not in a driver's context. */
export interface Outside {
  readonly open: OpenEc2;
  readonly pace?: Pace;
  readonly env?: Environment;
}

/** The driver over any EC2; tests bring their own. */
export function amazonec2Over({ open, pace = realPace, env = {} }: Outside): Driver {
  const ec2 = (data: DriverData, ctx: World): Ec2 => open(placeOf(data, ctx.secrets, env), ctx);
  const acting = (data: DriverData, ctx: DriverContext) => ({ ctx, ec2: ec2(data, ctx), pace });
  const account = (ctx: AccountContext) => ({ place: placeOf({ Region: homeOf(env) }, ctx.secrets, env), open, pace });
  const switched = (work: (powered: Powered) => Promise<void>) => async (data: DriverData, ctx: DriverContext) => {
    await work(acting(data, ctx));
    await dropStoredKeys(placeOf(data, ctx.secrets, env), ctx, open);
  };
  return {
    parse: async (input) => Promise.resolve(parseConfig(input, env)),
    check: checkConfig,
    precheck: (data, ctx) => precheckMachine(ctx, (region) => open({ ...placeOf(data, ctx.secrets, env), region }, ctx)),
    create: (data, ctx) => createMachine(acting(data, ctx)),
    look: (data, ctx) => lookAt(data, ec2(data, ctx), pace),
    async lookAll(machines, ctx) {
      const [data] = machines.values();
      return data === undefined ? new Map() : lookAtAll(machines, ec2(data, ctx), pace);
    },
    start: switched((acting) => startInstance(acting)),
    stop: switched((acting) => stopInstance(acting, 'stop')),
    kill: switched((acting) => stopInstance(acting, 'kill')),
    restart: switched((acting) => rebootInstance(acting)),
    remove: (data, ctx) => removeMachine(acting(data, ctx)),
    console: (data, ctx) => readConsole(ec2(data, ctx), readConfig(data).instanceId),
    place: (data) => `${readConfig(data).region} ${readConfig(data).vpcId}`,
    account: (data, secrets) => accountOf(placeOf(data, secrets, env)),
    openPorts: (members, ctx, request) => openPorts(members, ctx, request, (data) => ec2(data, ctx)),
    access: (data, ctx) => accessOf(readConfig(data), ctx, ec2(data, ctx)),
    allow: (data, ctx, networks) => allow(readConfig(data), ctx, ec2(data, ctx), networks),
    credentials: (secrets) => wordsOf(secrets, env),
    leftovers: (ctx) => listLeftovers(account(ctx), ctx),
    discard: (leftover, ctx) => discardLeftover(account(ctx), ctx, leftover),
    claim: (data, ctx) => claimMachine(acting(data, ctx)),
  };
}

/** The region that other programs of AWS would take: everything of ours is looked for from there, in every region. */
function homeOf(env: Environment): string {
  return env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1';
}
