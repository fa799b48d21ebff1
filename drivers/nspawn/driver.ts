import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Driver, DriverContext, DriverData, Endpoint, State } from '../../src/driver/contract.js';
import { acquireAddress, isOriginal, releaseAddress, type Bury } from './network/addressing.js';
import type { Computer } from './api.js';
import { thisComputer } from './computer.js';
import { parseConfig, readConfig, type NspawnConfig } from './config.js';
import { needsUnified } from './boot/guest.js';
import { writeIdentity } from './image/identity-files.js';
import { hostName } from './identity.js';
import { ensureImage, imageDir, planImage } from './image/image.js';
import { ensureKeys, pinHostKey } from './keys.js';
import { deleteLayers, mountLayers, standsOnImage, unmountBelow } from './image/layers.js';
import { layCable } from './network/network.js';
import { clear, consoleLogOf, end, halt, isRunning, launch, waitForBoot } from './boot/power.js';
import { checkComputer } from './precheck.js';
import { templatesDir } from './templates.js';

const enginePort = 2376;

/** The driver over any computer; tests bring their own. */
export function nspawnOver(computerOf: (ctx: DriverContext) => Computer): Driver {
  return {
    parse: parseConfig,
    precheck: (data, ctx) => checkComputer(readConfig(data), ctx, computerOf(ctx)),
    create: (data, ctx) => create(data, ctx, computerOf(ctx)),
    state: (data, ctx) => state(readConfig(data), ctx, computerOf(ctx)),
    endpoint: (data, ctx) => endpoint(readConfig(data), ctx, computerOf(ctx)),
    start: (data, ctx) => boot(data, ctx, computerOf(ctx)),
    stop: (data, ctx) => turnOff(data, ctx, computerOf(ctx), halt),
    kill: (data, ctx) => turnOff(data, ctx, computerOf(ctx), (id, _ctx, computer) => end(id, computer)),
    remove: (data, ctx) => remove(readConfig(data), ctx, computerOf(ctx)),
  };
}

export const nspawn: Driver = nspawnOver(thisComputer);

/** Image, then machine. A machine that stands on an image keeps it: a later recipe must not slide under what it has written. */
async function create(data: DriverData, ctx: DriverContext, computer: Computer): Promise<DriverData> {
  const config = readConfig(data);
  if (standsOnImage(ctx.machineDir)) return boot(data, ctx, computer);
  const plan = await planImage(config, computer);
  const settled = { ...data, Image: plan.name };
  if (config.image !== plan.name) await ctx.checkpoint(settled);
  await ensureImage(config, plan, ctx, computer);
  return boot(settled, ctx, computer);
}

/** Everything from the address to the SSH server that listens. A machine that runs already is only waited for. */
async function boot(data: DriverData, ctx: DriverContext, computer: Computer): Promise<DriverData> {
  const config = readConfig(data);
  const { machineDir } = ctx;
  await mkdir(machineDir, { recursive: true, mode: 0o700 });
  // One after the other: what still ran when another part failed would come back after a remove.
  const keys = await ensureKeys(ctx, computer);
  const lease = await acquireAddress({ id: config.id, machineDir, cidr: config.cidr, ip: config.ip }, ctx, computer, buryWith(computer));
  const placed = { ...data, IPAddress: lease.ip, CIDR: lease.cidr };
  if (lease.ip !== config.ip) {
    if (config.ip !== '') ctx.io.warn(`The address ${config.ip} is taken by now: the machine has ${lease.ip}`);
    await ctx.checkpoint(placed);
  }
  await pinHostKey(ctx, keys, lease.ip);
  const consoleLog = consoleLogOf(machineDir);
  if (!(await isRunning(config.id, computer))) {
    ctx.io.progress('Booting');
    const layers = await mountLayers(machineDir, imageDir(ctx.cacheDir, config.image), computer);
    await writeIdentity(layers.root, ctx.machineName, keys, computer);
    await layCable(config.id, lease, computer);
    await launch(
      {
        id: config.id,
        hostName: hostName(ctx.machineName),
        rootDir: layers.root,
        engineDir: layers.engine,
        consoleLog,
        unified: await needsUnified(layers.root),
        memory: config.memory,
        cpus: config.cpus,
        keeper: join(templatesDir(), 'run.sh'),
      },
      computer,
    );
  }
  await waitForBoot(config.id, consoleLog, ctx, computer);
  return placed;
}

type TurnOff = (id: string, ctx: DriverContext, computer: Computer) => Promise<void>;

/** The address stays with the machine, everything else is given back. */
async function turnOff(data: DriverData, ctx: DriverContext, computer: Computer, how: TurnOff): Promise<DriverData> {
  const { id } = readConfig(data);
  if (!(await isOriginal({ id, machineDir: ctx.machineDir }, computer))) return data;
  await how(id, ctx, computer);
  await unmountBelow(ctx.machineDir, computer);
  await clear(id, computer);
  return data;
}

async function remove(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<void> {
  const isOurs = await isOriginal({ id: config.id, machineDir: ctx.machineDir }, computer);
  if (isOurs) await end(config.id, computer);
  await unmountBelow(ctx.machineDir, computer);
  if (isOurs) await clear(config.id, computer);
  await deleteLayers(ctx.machineDir, computer);
  if (isOurs) await releaseAddress(config.id, ctx, computer, buryWith(computer));
}

/** A store that was deleted by hand: nothing of its machines runs, their network may still be there. */
function buryWith(computer: Computer): Bury {
  return async (id) => {
    if (await isRunning(id, computer)) return false;
    await clear(id, computer);
    return true;
  };
}

async function state({ id }: NspawnConfig, { machineDir }: DriverContext, computer: Computer): Promise<State> {
  return (await isRunning(id, computer)) && (await isOriginal({ id, machineDir }, computer)) ? 'Running' : 'Stopped';
}

async function endpoint(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<Endpoint> {
  if (config.ip === '') return { addresses: [] };
  return {
    addresses: [{ ip: config.ip, scope: 'private' }],
    ssh: { host: config.ip, port: 22, user: 'root', keyPath: join(ctx.machineDir, 'id_ed25519') },
    ...((await state(config, ctx, computer)) === 'Running' ? { dockerUrl: `tcp://${config.ip}:${enginePort}` } : {}),
  };
}
