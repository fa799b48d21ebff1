import { join } from 'node:path';

import type { Driver, DriverContext, DriverData, Endpoint, Look } from '../../src/driver/contract.js';
import { acquireAddress, isOriginal, releaseAddress } from './network/addressing.js';
import type { Computer } from './api.js';
import { thisComputer } from './computer.js';
import { checkConfig, parseConfig, readConfig, type NspawnConfig } from './config.js';
import { needsUnified } from './boot/guest.js';
import { writeIdentity } from './image/identity-files.js';
import { hostName } from './identity.js';
import { ensureImage, imageDir, planImage } from './image/image.js';
import { ensureKeys, pinHostKey } from './keys.js';
import { deleteLayers, mountLayers, standsOnImage, unmountBelow } from './image/layers.js';
import { discardLeftover, listLeftovers } from './leftovers.js';
import { layCable } from './network/network.js';
import { buryWith, clear, consoleLogOf, end, halt, isRunning, launch, readConsole, waitForBoot } from './boot/power.js';
import { checkComputer } from './precheck.js';
import { templatesDir } from './templates.js';

const enginePort = 2376;

/** The driver over any computer; tests bring their own. */
export function nspawnOver(computerOf: (ctx: Pick<DriverContext, 'exec'>) => Computer): Driver {
  return {
    parse: async (input) => parseConfig(input),
    check: checkConfig,
    precheck: (data, ctx) => checkComputer(readConfig(data), ctx, computerOf(ctx)),
    create: (data, ctx) => create(data, ctx, computerOf(ctx)),
    look: (data, ctx) => look(readConfig(data), ctx, computerOf(ctx)),
    where: (data, ctx) => endpoint(readConfig(data), ctx),
    start: (data, ctx) => boot(data, ctx, computerOf(ctx)),
    stop: (data, ctx) => turnOff(data, ctx, computerOf(ctx), halt),
    kill: (data, ctx) => turnOff(data, ctx, computerOf(ctx), (id, _ctx, computer) => end(id, computer)),
    remove: (data, ctx) => remove(readConfig(data), ctx, computerOf(ctx)),
    console: (_data, ctx) => readConsole(ctx.machineDir),
    place: () => 'nspawn', // all machines of this computer are joined by bridges of its own
    leftovers: (ctx) => listLeftovers(computerOf(ctx)),
    discard: (leftover, ctx) => discardLeftover(leftover, ctx, computerOf(ctx)),
  };
}

export const nspawn: Driver = nspawnOver(thisComputer);

/** Image, then machine. A machine keeps the image that it was made on: what it has written belongs to that image, not to a later one. */
async function create(data: DriverData, ctx: DriverContext, computer: Computer): Promise<void> {
  if (standsOnImage(ctx.machineDir)) return boot(data, ctx, computer);
  const config = readConfig(data);
  const plan = await planImage(config, computer);
  const planned = config.image === plan.name ? data : await ctx.keep({ Image: plan.name });
  await ensureImage(config, plan, ctx, computer);
  await boot(planned, ctx, computer);
}

/** Everything from the address to the SSH server that listens. A machine that runs already is only waited for. */
async function boot(data: DriverData, ctx: DriverContext, computer: Computer): Promise<void> {
  const config = readConfig(data);
  const { machineDir } = ctx;
  await ctx.files.makeDir(machineDir);
  const owner = await ctx.owner();
  // One after the other: what still ran when another part failed would come back after a remove.
  const keys = await ensureKeys(ctx, computer);
  const lease = await acquireAddress(
    { id: config.id, machineDir, cidr: config.cidr, ip: config.ip, owner, open: config.open },
    ctx,
    computer,
    buryWith(computer),
  );
  if (lease.ip !== config.ip || lease.cidr !== config.cidr) {
    if (config.ip !== '' && lease.ip !== config.ip) ctx.io.warn(`The address ${config.ip} has been taken: the machine now has ${lease.ip}`);
    await ctx.keep({ IPAddress: lease.ip, CIDR: lease.cidr });
  }
  await pinHostKey(ctx, keys, lease.ip);
  const consoleLog = consoleLogOf(machineDir);
  if (!(await isRunning(config.id, computer))) {
    ctx.io.info('Booting...');
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
}

type TurnOff = (id: string, ctx: DriverContext, computer: Computer) => Promise<void>;

/** The address stays with the machine, everything else is given back. */
async function turnOff(data: DriverData, ctx: DriverContext, computer: Computer, how: TurnOff): Promise<void> {
  const { id } = readConfig(data);
  if (!(await isOriginal({ id, machineDir: ctx.machineDir }, computer))) return;
  await how(id, ctx, computer);
  await unmountBelow(ctx.machineDir, computer);
  await clear(id, computer);
}

async function remove(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<{ left: [] }> {
  const isOurs = await isOriginal({ id: config.id, machineDir: ctx.machineDir }, computer);
  if (isOurs) await end(config.id, computer);
  await unmountBelow(ctx.machineDir, computer);
  if (isOurs) await clear(config.id, computer);
  await deleteLayers(ctx.machineDir, computer);
  if (isOurs) await releaseAddress(config.id, ctx, computer, buryWith(computer));
  return { left: [] };
}

async function look(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<Look> {
  const { dockerUrl, ...reached } = endpoint(config, ctx);
  const { id } = config;
  const { machineDir } = ctx;
  const isOn = (await isRunning(id, computer)) && (await isOriginal({ id, machineDir }, computer));
  return { state: isOn ? 'Running' : 'Stopped', ...reached, ...(isOn && dockerUrl !== undefined ? { dockerUrl } : {}) };
}

function endpoint({ ip }: NspawnConfig, { machineDir }: Pick<DriverContext, 'machineDir'>): Endpoint {
  if (ip === '') return { addresses: [] };
  return {
    addresses: [{ ip, scope: 'private' }],
    ssh: { host: ip, port: 22, user: 'root', keyPath: join(machineDir, 'id_ed25519') },
    dockerUrl: `tcp://${ip}:${enginePort}`,
  };
}
