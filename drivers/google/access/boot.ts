import { join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import { guestFiles } from '../../../src/base/guest.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { bootDataOf, checkBootData, type BootFiles, type CloudBoot } from '../../../src/driver/kit/cloud/access/boot.js';
import { enginePackages } from '../../../src/guest/user-data.js';
import type { MetadataItem } from '../call/resources.js';
import type { Config } from '../config.js';

/** Bytes that one value of metadata may have (cloud.google.com/compute/docs/metadata/setting-custom-metadata). */
const valueLimit = 262_144;

type World = Pick<DriverContext, 'bootData' | 'files' | 'identity' | 'machineDir'>;

/** Projects whose images have Google's guest agent, and no cloud-init (cloud.google.com/compute/docs/images/os-details). */
const agentOnly = /^(debian|rocky-linux|rhel|rhel-sap|centos|almalinux|oracle-linux|suse|suse-sap|opensuse)-cloud\//;

/** Whether the image that was asked for has cloud-init. An image of the user's is taken to have it. Pure. */
export function hasCloudInit({ machineImage, own }: Pick<Config, 'machineImage' | 'own'>): boolean {
  return !own.image.startsWith('debian') && !agentOnly.test(machineImage);
}

/** Whether the host key is known before the first contact: it comes by cloud-init, and not to VMs that are there already. Pure. */
export function isHostKeyKnown(config: Pick<Config, 'machineImage' | 'own' | 'useExisting'>): boolean {
  return hasCloudInit(config) && !config.useExisting;
}

/**
 * The metadata of a new VM: user data for images with cloud-init, and the same login for those with Google's guest agent alone.
 * OS Login would take the login's keys away, so it is off for this VM, where the organization allows that.
 * @throws as `bootDataOf`
 */
export async function metadataOf(config: Config, ctx: World, { osLogin }: { readonly osLogin: boolean }): Promise<MetadataItem[]> {
  const data = hasCloudInit(config) ? await userDataOf(config, ctx) : [];
  const login = sshKeyLine(config, await loginKey(config, ctx));
  return [...data, { key: 'ssh-keys', value: login }, ...(osLogin ? [{ key: 'enable-oslogin', value: 'FALSE' }] : [])];
}

async function userDataOf(config: Config, ctx: World): Promise<MetadataItem[]> {
  const { bytes, encoding } = await bootDataOf(bootOf(config), filesOf(config), ctx);
  if (encoding === 'plain') return [{ key: 'user-data', value: bytes.toString() }];
  return [
    { key: 'user-data', value: bytes.toString('base64') },
    { key: 'user-data-encoding', value: 'base64' },
  ];
}

/** The public half of the machine's own key. A host key that the VM does not get must not be expected of it. */
export async function loginKey(config: Config, { identity, files, machineDir }: Omit<World, 'bootData'>): Promise<string> {
  const { loginPublic } = await identity();
  if (!isHostKeyKnown(config)) await files.remove(join(machineDir, guestFiles.knownHosts));
  return loginPublic;
}

/** As Google's guest agent takes it: the login, and its key. */
export function sshKeyLine({ sshUser }: Pick<Config, 'sshUser'>, publicKey: string): string {
  const [type = '', key = ''] = publicKey.trim().split(' ');
  return `${sshUser}:${type} ${key} ${sshUser}`;
}

/** Refuses what `metadataOf` would, before anything is made. @throws as that */
export async function checkUserData(config: Config, ctx: World): Promise<void> {
  if (!hasCloudInit(config)) {
    const flag = config.userDataFile !== '' ? '--google-userdata' : config.own.engineAtBoot ? '--google-engine-at-boot' : undefined;
    if (flag === undefined) return;
    throw new TsmachineError('FLAG_INVALID', `${flag} needs an image with cloud-init, which Google's images of this system have not`, {
      hint: 'Take --google-image ubuntu, or an image of your own with --google-machine-image',
    });
  }
  await checkBootData(bootOf(config), filesOf(config), ctx);
}

function bootOf({ sshUser, own }: Config): CloudBoot {
  return {
    datasource: 'GCE',
    user: sshUser,
    limit: valueLimit,
    measured: 'base64',
    gzip: true,
    ...(own.engineAtBoot ? { packages: enginePackages } : {}),
  };
}

function filesOf({ userDataFile }: Config): BootFiles {
  return { userDataFile, userDataFlag: '--google-userdata', sshKeyFile: '', sshKeyFlag: '' };
}
