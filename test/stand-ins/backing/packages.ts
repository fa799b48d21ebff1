import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { withLock } from '../../../src/system/locks/lock.js';
import { labCache, type LabHost } from '../../helpers/lab.js';

const run = promisify(execFile);

/** What the cloud images of Debian and Ubuntu have. Without the last one every sudo asks name servers for the host's own name. */
const wanted = 'cloud-init sudo libnss-myhostname';

/** What is of the installation alone. */
const left = ['etc/resolv.conf', 'usr/sbin/policy-rc.d', 'run', 'tmp', 'var/cache/apt', 'var/lib/apt/lists', 'var/log'];

/**
 * Installs them in an overlay over the image $1, in a mount namespace of its own, and keeps what came with them as an archive. The image stays
 * as it is.
 */
const install = `set -eu
cd "$2"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$1,upperdir=upper,workdir=work" root
mount -t proc proc root/proc
cat /etc/resolv.conf >root/etc/resolv.conf
printf '#!/bin/sh\\nexit 101\\n' >root/usr/sbin/policy-rc.d
chmod 755 root/usr/sbin/policy-rc.d
chroot root apt-get -q update
DEBIAN_FRONTEND=noninteractive chroot root apt-get -q install -y --no-install-recommends ${wanted}
umount root/proc root
find upper -type c -delete
tar --create --file layer.tar --directory upper ${left.map((path) => `--exclude=./${path}`).join(' ')} .`;

/**
 * Puts into a host what the image of a cloud has and the lab's has not. It is installed once for each image of the lab and kept in the tests'
 * cache: doing so on each host takes half a minute and the network.
 */
export async function installCloudInit(host: LabHost): Promise<void> {
  const { machineDir } = host.machine.ctx;
  const layer = await layerFor(await realpath(join(machineDir, 'image')));
  await run('tar', ['--extract', '--file', layer, '--directory', join(machineDir, 'root')], { timeout: 120_000 });
  await host.run('systemctl daemon-reload');
}

/** @param image the folder of one */
export async function layerFor(image: string): Promise<string> {
  const target = join(labCache, 'cloud-init-layers', `${basename(image)}.tar`);
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  return withLock(target, { what: 'the packages of guests', timeout: 300_000 }, async () => {
    if (!existsSync(target)) await fetchTo(target, image);
    return target;
  });
}

async function fetchTo(target: string, image: string): Promise<void> {
  // an overlay cannot stand on each file system, and the cache is on one where the lab's hosts do
  const work = await mkdtemp(join(labCache, 'layer-'));
  try {
    await run('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', install, 'sh', image, work], {
      timeout: 300_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    await rename(join(work, 'layer.tar'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
