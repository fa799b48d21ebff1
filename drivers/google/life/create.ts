import { machineEntry, madeOrUndone } from '../../../src/driver/kit/cloud/removal.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import { once } from '../../../src/driver/kit/turns.js';
import { metadataOf } from '../access/boot.js';
import type { Waiting } from '../call/operations.js';
import type { Instance } from '../call/resources.js';
import { candidatesOf, diskSizeOf, diskTypeOf } from '../choose/candidates.js';
import { hasOsLogin } from '../choose/project.js';
import { lastOf, readConfig, type Config, type Own } from '../config.js';
import { ensureAddress } from '../network/address.js';
import { ensureRules } from '../network/firewall.js';
import { whereOf } from '../network/where.js';
import { takeExisting } from './existing.js';
import { ensureInstance, instanceAt, instanceKey } from './instance.js';
import { placeOfId, type Parts, type Plan } from './launch.js';
import { reached, startInstance } from './power.js';
import { removeMachine } from './remove.js';

export interface Making {
  readonly ctx: DriverContext;
  readonly waiting: Waiting;
}

/** Makes the machine, or goes on with making it. What was refused for good leaves nothing behind. */
export async function createMachine(making: Making): Promise<void> {
  const { ctx } = making;
  if (readConfig(ctx.data()).useExisting) return takeExisting(making);
  const entry = await machineEntry(ctx, instanceKey);
  const id = await madeOrUndone(
    ctx,
    instanceKey,
    () => launch(making, entry),
    () => removeMachine(making),
  );
  await settle(making, id);
}

async function launch(making: Making, entry: LedgerEntry | undefined): Promise<string> {
  const { ctx, waiting } = making;
  const { gce } = waiting;
  const config = readConfig(ctx.data());
  // a call whose outcome is not known is repeated as it was
  const plan = entry && entry.id === undefined ? (entry.request as Plan) : { candidates: await candidatesOf(config, gce) };
  const parts = once(() => partsOf(making, config));
  if (entry?.id === undefined) await parts();
  return ensureInstance({ config, ctx, waiting, parts }, plan);
}

/** Everything that must be there before the VM. */
async function partsOf({ ctx, waiting }: Making, config: Config): Promise<Parts> {
  const { gce } = waiting;
  const [owner, where, osLogin] = await together([ctx.owner(), whereOf(config, gce), hasOsLogin(gce)]);
  await ctx.keep(ownPatch<Own>(ctx.data(), { network: where.network }));
  const [metadata, address] = await together([
    metadataOf(config, ctx, { osLogin }),
    ensureAddress(config, ctx, waiting),
    ensureRules(config, ctx, where, waiting),
  ]);
  return { owner, where, metadata, address };
}

/** Follows the VM until it runs. A spot VM may have been stopped since an earlier run made it. */
async function settle({ ctx, waiting }: Making, id: string): Promise<void> {
  const { zone } = placeOfId(id);
  if (readConfig(ctx.data()).zone !== zone) await ctx.keep({ Zone: zone });
  const seen = await instanceAt(waiting.gce, id);
  if (seen) await keepFacts(ctx, seen);
  if (seen?.status === 'TERMINATED' || seen?.status === 'STOPPED') await startInstance({ ctx, waiting });
  else await reached({ ctx, waiting }, id, seen);
}

/** In Docker Machine's fields, for its own commands and for scripts that read config.json. */
async function keepFacts(ctx: DriverContext, instance: Instance): Promise<void> {
  const config = readConfig(ctx.data());
  const plan = (await machineEntry(ctx, instanceKey))?.request as Plan | undefined;
  const type = lastOf(instance.machineType);
  const chosen = plan?.candidates.find((candidate) => candidate.type === type && candidate.zone === lastOf(instance.zone));
  const { scheduling } = instance;
  await ctx.keep({
    MachineType: type,
    ...(chosen ? { MachineImage: chosen.image.path, DiskSize: diskSizeOf(config, chosen.image), DiskType: diskTypeOf(config, type) } : {}),
    Preemptible: scheduling?.preemptible === true && scheduling.provisioningModel !== 'SPOT',
    ...ownPatch<Own>(ctx.data(), { instanceId: instance.id ?? '' }),
  });
}
