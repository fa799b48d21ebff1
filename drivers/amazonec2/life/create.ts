import { machineEntry, madeOrUndone } from '../../../src/driver/kit/cloud/removal.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { once } from '../../../src/driver/kit/turns.js';
import { userDataOf } from '../access/boot.js';
import type { Ec2 } from '../api.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import { candidatesOf } from '../choose/candidates.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import { readConfig, type Config, type Own } from '../config.js';
import { attachAddress, ensureAddress } from '../network/elastic.js';
import { ensureGroups } from '../network/groups.js';
import type { Instance } from '../network/interfaces.js';
import { shortZone } from '../parse.js';
import { ensureInstance, instanceKey } from './instance.js';
import { rootSizeOf, type Plan } from './launch.js';
import { findInstance, instanceWith } from './list.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { reached } from './power.js';
import { removeMachine } from './remove.js';

export interface Making {
  readonly ctx: DriverContext;
  readonly ec2: Ec2;
  readonly pace: Pace;
}

/** Makes the machine, or goes on with making it. What was refused for good leaves nothing behind. */
export async function createMachine(making: Making): Promise<void> {
  const { ctx } = making;
  const entry = await machineEntry(ctx, instanceKey);
  const known = await standing(making, entry);
  const id =
    known ??
    (await madeOrUndone(
      ctx,
      instanceKey,
      () => launch(making, entry),
      () => removeMachine(making),
    ));
  await settle(making, id);
}

/** The instance that an earlier run made and knows by its id. */
async function standing({ ctx, ec2, pace }: Making, entry: LedgerEntry | undefined): Promise<string | undefined> {
  if (entry?.id === undefined) return undefined;
  const { machine } = await ctx.owner();
  return findInstance(ec2, entry, { machine, pace, signal: ctx.signal });
}

async function launch(making: Making, entry: LedgerEntry | undefined): Promise<string> {
  const { ctx, ec2, pace } = making;
  // a call whose outcome is not known is repeated as it was
  const plan = entry && entry.id === undefined ? (entry.request as Plan) : { candidates: await candidatesOf(readConfig(ctx.data()), ec2) };
  const config = await noted(ctx, plan);
  const groups = new Map<string, Promise<readonly string[]>>();
  const groupsIn = (vpcId: string, again: boolean): Promise<readonly string[]> => {
    const known = again ? undefined : groups.get(vpcId);
    const wanted = known ?? ensureGroups(config, ctx, ec2, vpcId);
    groups.set(vpcId, wanted);
    return wanted;
  };
  const userData = once(() => userDataOf(config, ctx));
  const owner = await ctx.owner();
  await together([userData(), groupsIn(plan.candidates[0]?.vpcId ?? '', false), ensureAddress(config, ctx, ec2, pace)]);
  return ensureInstance({ config, ctx, ec2, pace, owner, userData, groups: groupsIn }, plan);
}

/** What was chosen is recorded before anything is made of it. */
async function noted(ctx: DriverContext, { candidates: [first] }: Plan): Promise<Config> {
  const config = readConfig(ctx.data());
  if (!first) return config;
  const { image, vpcId } = first;
  const data = await ctx.keep({
    AMI: image.id,
    SSHUser: config.sshUser || image.sshUser,
    VpcId: vpcId,
    RootSize: rootSizeOf(config, image),
    ...ownPatch<Own>(ctx.data(), { imageName: image.name }),
  });
  return readConfig(data);
}

/** Follows the instance until it runs, and gives it what only a running one can be given. */
async function settle(making: Making, id: string): Promise<void> {
  const { ctx, ec2, pace } = making;
  const known = readConfig(ctx.data());
  if (known.instanceId !== id) {
    const madeAt = new Date(pace.now()).toISOString();
    await ctx.keep({ InstanceId: id, ...ownPatch<Own>(ctx.data(), { madeAt }) });
  }
  const allocation = await ensureAddress(known, ctx, ec2, pace);
  if (allocation !== undefined)
    await attachAddress(ec2, ctx, allocation, { instanceId: id, interfaceId: await firstInterface(making, id) });
  const { instance } = await reached(making, id);
  await keepFacts(ctx, instance);
}

/** Of an instance with several interfaces; one with a single interface needs no name of it. */
async function firstInterface({ ctx, ec2 }: Making, id: string): Promise<string | undefined> {
  if (readConfig(ctx.data()).own.extraSubnetIds.length === 0) return undefined;
  const { NetworkInterfaces: all = [] } = (await instanceWith(ec2, id)) ?? {};
  return all.find(({ Attachment: attachment }) => attachment?.DeviceIndex === 0)?.NetworkInterfaceId;
}

/** In Docker Machine's fields, for its own commands and for scripts that read config.json. */
async function keepFacts(ctx: DriverContext, instance: Instance): Promise<void> {
  const { region, deviceName } = readConfig(ctx.data());
  const groups = (instance.SecurityGroups ?? []).flatMap(({ GroupId: id }) => (id === undefined ? [] : [id]));
  await ctx.keep({
    AMI: instance.ImageId ?? '',
    InstanceType: instance.InstanceType ?? '',
    DeviceName: deviceName || (instance.RootDeviceName ?? ''),
    Zone: shortZone(instance.Placement?.AvailabilityZone ?? '', region),
    SubnetId: instance.SubnetId ?? '',
    VpcId: instance.VpcId ?? '',
    SecurityGroupIds: groups,
    RequestSpotInstance: instance.InstanceLifecycle === 'spot',
    ...ownPatch<Own>(ctx.data(), { account: instance.NetworkInterfaces?.[0]?.OwnerId ?? '' }),
  });
}
