import { realpath } from 'node:fs/promises';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, Owner } from '../../../src/driver/contract.js';
import type { Computer } from '../api.js';
import { formatNetwork } from '../../../src/base/network/cidr.js';
import { parseCidr } from './cidr.js';
import { assign, openAddresses, orphans, rangesOf, readRegistry, release, writeRegistry, type Lease, type Registry } from './leases.js';
import { dropBridge, raiseBridge, raiseGuard } from './network.js';
import { closeComputer, openComputer } from './settings.js';
import { checkRange, freeRange, parseRoutes, type Route } from './routes.js';

/** Everything below holds this lock: leases, bridges, rules and forwarding belong to the computer, not to a store. */
const lock = 'nspawn-network';

export interface AddressRequest {
  readonly id: string;
  readonly machineDir: string;
  /** Empty: the first free range. */
  readonly cidr: string;
  /** The address it had before; empty for a new machine. */
  readonly ip: string;
  readonly owner: Owner;
  /** Other networks may connect to the machine. */
  readonly open: boolean;
}

/** Removes from the computer what belonged to a machine whose folder is gone; false if it still runs and must be left alone. */
export type Bury = (id: string) => Promise<boolean>;

export async function currentRoutes(computer: Computer): Promise<Route[]> {
  const { stdout } = await computer.run('ip', ['-json', '-4', 'route', 'show', 'table', 'all']);
  return parseRoutes(stdout);
}

/**
 * Gives the machine its address and makes sure that its bridge is up. Called again, also after a reboot of the computer, it
 * gives the same one.
 * @throws TsmachineError DRIVER_PRECHECK when the range collides with a route, DRIVER_FAILED when it is full
 */
export async function acquireAddress(
  request: AddressRequest,
  ctx: Pick<DriverContext, 'lock'>,
  computer: Computer,
  bury: Bury,
): Promise<Lease> {
  return ctx.lock(lock, async () => {
    await refuseCopy(request, computer);
    const known = await pruned(await readRegistry(computer.registryFile), computer, bury, request.id);
    const routes = await currentRoutes(computer);
    const range = parseCidr(request.cidr) ?? freeRange(routes);
    checkRange(range, routes);
    const { registry, lease } = assign(known, request.id, {
      machineDir: request.machineDir,
      cidr: formatNetwork(range),
      ip: request.ip,
      owner: request.owner,
      since: new Date().toISOString(),
      ...(request.open ? { open: true } : {}),
    });
    await openComputer(registry, computer);
    await raiseBridge(lease.cidr, openAddresses(registry, lease.cidr), computer);
    return lease;
  });
}

/** Whether the parts named after `id` belong to this folder. A copied store has the names of the original, but not its machines. */
export async function isOriginal({ id, machineDir }: Pick<AddressRequest, 'id' | 'machineDir'>, computer: Computer): Promise<boolean> {
  const lease = (await readRegistry(computer.registryFile)).leases[id];
  if (lease === undefined || lease.machineDir === machineDir) return true;
  const [there, here] = await Promise.all([lease.machineDir, machineDir].map((dir) => realpath(dir).catch(() => undefined)));
  return there === undefined || there === here;
}

async function refuseCopy(request: AddressRequest, computer: Computer): Promise<void> {
  if (await isOriginal(request, computer)) return;
  throw new TsmachineError('DRIVER_FAILED', `${request.machineDir} is a copy of a machine that exists elsewhere on this computer`, {
    hint: 'Use it in the store it was copied from, or remove it there first',
  });
}

/** Takes the address back. With the last machine of a range its bridge and rules go, with the very last one all is as it was. */
export async function releaseAddress(id: string, ctx: Pick<DriverContext, 'lock'>, computer: Computer, bury: Bury): Promise<void> {
  await ctx.lock(lock, async () => {
    const before = await pruned(await readRegistry(computer.registryFile), computer, bury, id);
    await settle(before, release(before, id), computer);
  });
}

async function pruned(registry: Registry, computer: Computer, bury: Bury, except: string): Promise<Registry> {
  let left = registry;
  for (const id of orphans(registry)) if (id !== except && (await bury(id))) left = release(left, id);
  if (left !== registry) await settle(registry, left, computer);
  return left === registry ? registry : readRegistry(computer.registryFile);
}

/** The registry is written last: interrupted before, the next call does the rest. */
async function settle(before: Registry, after: Registry, computer: Computer): Promise<void> {
  const stillUsed = rangesOf(after);
  for (const cidr of rangesOf(before)) {
    const open = openAddresses(after, cidr);
    if (!stillUsed.includes(cidr)) await dropBridge(cidr, computer);
    else if (open.length !== openAddresses(before, cidr).length) await raiseGuard(cidr, open, computer);
  }
  await writeRegistry(stillUsed.length === 0 ? await closeComputer(after, computer) : after, computer.registryFile);
}
