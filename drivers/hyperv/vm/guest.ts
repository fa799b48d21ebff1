import { join } from 'node:path';

import { guestHostName } from '../../../src/guest/host-name.js';
import { metaData } from '../../../src/guest/meta-data.js';
import { seedImage } from '../../../src/guest/seed.js';
import { enginePackages, userData } from '../../../src/guest/user-data.js';
import type { DriverContext, GuestKeys } from '../../../src/driver/contract.js';
import type { HypervConfig } from '../config.js';

/** By the beginning of an image's name: the package that reports a guest's addresses where this computer cannot see them by itself. */
const reporters: readonly (readonly [RegExp, string])[] = [
  [/^debian/, 'hyperv-daemons'],
  [/^ubuntu/, 'linux-cloud-tools-virtual'],
];

/**
 * Writes the seed that makes a guest this machine's.
 * @param isNatted on Windows's Default Switch, where every guest is a neighbour of this computer
 * @returns its path
 */
export async function makeSeed(config: HypervConfig, isNatted: boolean, ctx: DriverContext): Promise<string> {
  const keys = await ctx.identity();
  const path = seedOf(ctx.machineDir);
  const hostname = guestHostName(ctx.machineName);
  const services = isNatted ? [] : reporters.filter(([image]) => image.test(config.image)).map(([, name]) => name);
  const packages = [...services, ...(config.engineAtBoot ? enginePackages : [])];
  const image = seedImage(
    {
      userData: userData({ hostname, user: config.sshUser, authorizedKeys: [keys.loginPublic], hostKey: keys.hostKey, packages }),
      metaData: metaData({ instanceId: config.mark, hostname }),
    },
    new Date(),
  );
  await ctx.files.write(path, image, 0o600); // it holds the guest's private host key
  return path;
}

export function seedOf(machineDir: string): string {
  return join(machineDir, 'seed.iso');
}

/** boot2docker makes its own host key: none is pinned. */
export async function boot2dockerKeys(ctx: DriverContext): Promise<GuestKeys> {
  const keys = await ctx.identity();
  await ctx.files.remove(join(ctx.machineDir, 'known_hosts'));
  return keys;
}
