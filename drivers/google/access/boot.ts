import type { DriverContext } from '../../../src/driver/contract.js';
import { bootDataOf, checkBootData, type BootFiles, type CloudBoot } from '../../../src/driver/kit/cloud/access/boot.js';
import { enginePackages } from '../../../src/guest/user-data.js';
import type { MetadataItem } from '../call/resources.js';
import type { Config } from '../config.js';

/** Bytes that one value of metadata may have (cloud.google.com/compute/docs/metadata/setting-custom-metadata). */
const valueLimit = 262_144;

type World = Pick<DriverContext, 'bootData' | 'files' | 'identity'>;

/**
 * The metadata of a new VM: user data for images with cloud-init, and the same login for those with Google's guest agent alone.
 * OS Login would take the login's keys away, so it is off for this VM, where the organization allows that.
 * @throws as `bootDataOf`
 */
export async function metadataOf(config: Config, ctx: World, { osLogin }: { readonly osLogin: boolean }): Promise<MetadataItem[]> {
  const { bytes, encoding } = await bootDataOf(bootOf(config), filesOf(config), ctx);
  const { loginPublic } = await ctx.identity();
  const data =
    encoding === 'gzip'
      ? [
          { key: 'user-data', value: bytes.toString('base64') },
          { key: 'user-data-encoding', value: 'base64' },
        ]
      : [{ key: 'user-data', value: bytes.toString() }];
  return [
    ...data,
    { key: 'ssh-keys', value: sshKeyLine(config, loginPublic) },
    ...(osLogin ? [{ key: 'enable-oslogin', value: 'FALSE' }] : []),
  ];
}

/** As Google's guest agent takes it: the login, and its key. */
export function sshKeyLine({ sshUser }: Pick<Config, 'sshUser'>, publicKey: string): string {
  const [type = '', key = ''] = publicKey.trim().split(' ');
  return `${sshUser}:${type} ${key} ${sshUser}`;
}

/** Refuses what `metadataOf` would, before anything is made. @throws as that */
export async function checkUserData(config: Config, ctx: World): Promise<void> {
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
