import { join } from 'node:path';

import { bringIso } from '../../../src/guest/boot2docker/iso.js';
import { guestHostName } from '../../../src/guest/host-name.js';
import { metaData } from '../../../src/guest/meta-data.js';
import { networkConfig } from '../../../src/guest/network-config.js';
import { seedImage } from '../../../src/guest/seed.js';
import { enginePackages, userData } from '../../../src/guest/user-data.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import type { Drive } from '../vm/build.js';
import type { VirtualboxConfig } from '../config.js';
import { copyDisk, diskOf, makeDisk, makeKeyDisk } from './disks.js';
import { macAddresses } from '../vm/identity.js';
import { readImported } from './import.js';
import { mountOf, shareOf } from './share.js';

/** The drives of a guest: its disk and the seed that makes it this machine's; or the boot2docker ISO and the disk with the key. */
export async function makeDrives(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<Drive[]> {
  if (config.image === '') {
    const iso = await bringIso(config.isoUrl, ctx);
    return [
      { type: 'dvddrive', path: iso },
      { type: 'hdd', path: await boot2dockerDisk(config, ctx, vbox, computer) },
    ];
  }
  const keys = await ctx.identity();
  await makeDisk(config, config.baseDisk, ctx, vbox);
  const seed = join(ctx.machineDir, 'seed.iso');
  const hostname = guestHostName(ctx.machineName);
  const mac = macAddresses(config.vmId);
  const share = await shareOf(config, computer.platform, ctx.files);
  const image = seedImage(
    {
      userData: userData({
        hostname,
        user: config.sshUser,
        authorizedKeys: [keys.loginPublic],
        hostKey: keys.hostKey,
        packages: config.engineAtBoot ? enginePackages : [],
        mounts: share ? [mountOf(share)] : [],
      }),
      metaData: metaData({ instanceId: config.vmId, hostname }),
      networkConfig: networkConfig([{ mac: mac.nat }, ...(config.natOnly ? [] : [{ mac: mac.hostOnly, noDefaultRoute: true }])]),
    },
    new Date(),
  );
  await ctx.files.write(seed, image, 0o600); // it holds the guest's private host key
  return [
    { type: 'hdd', path: diskOf(ctx.machineDir) },
    { type: 'dvddrive', path: seed },
  ];
}

/** boot2docker makes its own host key: none is pinned. */
async function boot2dockerDisk(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  if (config.importVm !== '') return copyDisk((await readImported(config.importVm, ctx.files, vbox, computer)).disk, ctx, vbox);
  const keys = await ctx.identity();
  await ctx.files.remove(join(ctx.machineDir, 'known_hosts'));
  return makeKeyDisk(config, keys.loginPublic, ctx, vbox, computer);
}
