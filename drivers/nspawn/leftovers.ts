import type { AccountContext, Leftover } from '../../src/driver/contract.js';
import type { Computer } from './api.js';
import { buryWith, clear, end } from './boot/power.js';
import { deleteLayers, unmountBelow } from './image/layers.js';
import { releaseAddress } from './network/addressing.js';
import { readRegistry } from './network/leases.js';

const kind = 'nspawn machine';

/**
 * Every machine that this computer has, of whatever store: the list of addresses names them all, with their folders, and a machine keeps
 * its address until it is removed.
 */
export async function listLeftovers(computer: Computer): Promise<Leftover[]> {
  if ((await computer.facts()).platform !== 'linux') return [];
  const { leases } = await readRegistry(computer.registryFile);
  return Object.entries(leases).map(([id, { machineDir, owner, since, ip }]) => ({
    kind,
    id,
    name: ip,
    path: machineDir,
    ...(owner ? { owner } : {}),
    ...(since === undefined ? {} : { createdAt: since }),
  }));
}

/** Ends the machine and gives back its mounts, network, rules and address; its files are removed as far as they are still there. */
export async function discardLeftover({ id, path }: Leftover, ctx: AccountContext, computer: Computer): Promise<void> {
  await end(id, computer);
  if (path !== undefined) {
    await unmountBelow(path, computer);
    await deleteLayers(path, computer);
  }
  await clear(id, computer);
  await releaseAddress(id, ctx, computer, buryWith(computer));
}
