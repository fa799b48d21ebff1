import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { guestHostName } from '../../src/cloudinit/host-name.js';
import { ensureGuestKeys } from '../../src/cloudinit/keys.js';
import { metaData } from '../../src/cloudinit/meta-data.js';
import { networkConfig } from '../../src/cloudinit/network-config.js';
import { writeSeed } from '../../src/cloudinit/seed.js';
import { userData } from '../../src/cloudinit/user-data.js';
import type { DriverContext } from '../../src/driver/contract.js';
import type { VBoxManage } from './api.js';
import type { Drive } from './build.js';
import type { VirtualboxConfig } from './config.js';
import { diskOf, makeDisk, makeKeyDisk } from './disks.js';
import { macAddresses } from './identity.js';

/** The drives of a guest: its disk and the seed that makes it this machine's; or the boot2docker ISO and the disk with the key. */
export async function makeDrives(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<Drive[]> {
  const keys = await ensureGuestKeys(ctx.machineDir, ctx.machineName);
  if (config.image === '') {
    await rm(join(ctx.machineDir, 'known_hosts'), { force: true }); // boot2docker makes its host key itself
    const iso = await bringIso(config.isoUrl, ctx);
    return [{ type: 'dvddrive', path: iso }, { type: 'hdd', path: await makeKeyDisk(config, keys.loginPublic, ctx, vbox) }];
  }
  await makeDisk(config, config.baseDisk, ctx, vbox);
  const seed = join(ctx.machineDir, 'seed.iso');
  const hostname = guestHostName(ctx.machineName);
  const mac = macAddresses(config.vmId);
  await writeSeed(seed, {
    userData: userData({ hostname, user: config.sshUser, authorizedKeys: [keys.loginPublic], hostKey: keys.hostKey }),
    metaData: metaData({ instanceId: config.vmId, hostname }),
    networkConfig: networkConfig([{ mac: mac.nat }, ...(config.natOnly ? [] : [{ mac: mac.hostOnly, noDefaultRoute: true }])]),
  }, new Date());
  return [{ type: 'hdd', path: diskOf(ctx.machineDir) }, { type: 'dvddrive', path: seed }];
}

async function bringIso(url: string, ctx: DriverContext): Promise<string> {
  const target = join(ctx.machineDir, 'boot2docker.iso');
  const source = /^https?:/i.test(url) ? await ctx.download(url) : /^file:/i.test(url) ? fileURLToPath(url) : url;
  ctx.io.progress(`Copying ${source} to ${target}`);
  await copyFile(source, target);
  return target;
}
