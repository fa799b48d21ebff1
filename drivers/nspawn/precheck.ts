import { existsSync } from 'node:fs';

import { TsmachineError } from '../../src/base/errors.js';
import { run, say } from '../../src/base/text.js';
import type { DriverContext } from '../../src/driver/contract.js';
import { currentRoutes } from './network/addressing.js';
import { packages, type Computer, type Facts } from './api.js';
import { parseCidr } from './network/cidr.js';
import type { NspawnConfig } from './config.js';
import { imageDir, planImage } from './image/image.js';
import { placed } from './boot/power.js';
import { checkRange, freeRange } from './network/routes.js';

const megabyte = 2 ** 20;
/** An image with the engine takes 450 MB, its packages and a copy of them come on top while it is built. */
const imageSpace = 1500 * megabyte;
const machineSpace = 300 * megabyte;

const noOverlay = new Set(['overlay', 'nfs', 'fuse', 'cifs', 'smb', '9p', 'vfat', 'ecryptfs']);

/**
 * Refuses what cannot work on this computer. Changes nothing.
 * @throws TsmachineError DRIVER_UNSUPPORTED, DRIVER_PRECHECK, COMMAND_MISSING, STORE_FULL
 */
export async function checkComputer(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<void> {
  const facts = await placedOrUnsupported(ctx, computer);
  checkPrograms(config, facts);
  await checkDisks(config, ctx, computer);
  const routes = await currentRoutes(computer);
  const range = parseCidr(config.cidr);
  if (range) checkRange(range, routes);
  else freeRange(routes);
}

async function placedOrUnsupported(ctx: DriverContext, computer: Computer): Promise<Facts> {
  const { platform, uid } = await computer.facts();
  if (platform !== 'linux') {
    throw new TsmachineError('DRIVER_UNSUPPORTED', `Driver "nspawn" makes machines of Linux itself and does not work on ${platform}`, {
      hint: 'Use a driver with virtual machines, or run tsmachine on a Linux host',
    });
  }
  if (uid !== 0) {
    throw new TsmachineError('DRIVER_PRECHECK', 'Driver "nspawn" needs root: it mounts file systems and makes network interfaces', {
      hint: say`sudo ${run('--storage-path', storeOf(ctx), 'create', '-d', 'nspawn', ctx.machineName)}`,
    });
  }
  return placed(computer);
}

/** `STORE/machines/NAME` */
function storeOf(ctx: DriverContext): string {
  return ctx.machineDir.split('/').slice(0, -2).join('/') || '/';
}

function checkPrograms(config: NspawnConfig, { programs }: Facts): void {
  const needed = Object.entries(packages).filter(([name]) =>
    name === 'debootstrap' ? config.rootfs === '' : name !== 'tar' || config.rootfs !== '',
  );
  const missing = needed.filter(([name]) => !Object.hasOwn(programs, name));
  if (missing.length === 0) return;
  throw new TsmachineError(
    'COMMAND_MISSING',
    `Driver "nspawn" needs programs that are not on this computer: ${missing.map(([name]) => name).join(', ')}`,
    {
      hint: `apt-get install ${[...new Set(missing.map(([, debian]) => debian))].join(' ')}`,
    },
  );
}

async function checkDisks(config: NspawnConfig, ctx: DriverContext, computer: Computer): Promise<void> {
  const [machines, cache, plan] = await Promise.all([
    computer.disk(ctx.machineDir),
    computer.disk(ctx.cacheDir),
    planImage(config, computer),
  ]);
  if (noOverlay.has(machines.kind)) {
    throw new TsmachineError(
      'DRIVER_PRECHECK',
      `The store is on a file system of type ${machines.kind}, which cannot hold a machine: ${ctx.machineDir}`,
      {
        hint: 'Put the store on a local disk such as ext4, xfs or btrfs with --storage-path',
      },
    );
  }
  const isCached = existsSync(imageDir(ctx.cacheDir, plan.name));
  checkSpace(ctx.cacheDir, cache.freeBytes, isCached ? 0 : imageSpace, 'building an image');
  checkSpace(ctx.machineDir, machines.freeBytes, machineSpace, 'a machine');
}

function checkSpace(path: string, free: number, needed: number, what: string): void {
  if (free >= needed) return;
  const megabytes = (bytes: number) => `${Math.floor(bytes / megabyte)} MB`;
  throw new TsmachineError(
    'STORE_FULL',
    `There is too little space in ${path} for ${what}: ${megabytes(free)} free, ${megabytes(needed)} needed`,
    {
      hint: 'Make room, or put the store on another disk with --storage-path',
    },
  );
}
