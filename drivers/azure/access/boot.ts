import type { DriverContext } from '../../../src/driver/contract.js';
import { bootDataOf, checkBootData, type BootFiles, type CloudBoot } from '../../../src/driver/kit/cloud/access/boot.js';
import { publicHalfOf } from '../../../src/driver/kit/cloud/access/public-half.js';
import { publicKeyOf } from '../../../src/base/guest.js';
import { enginePackages } from '../../../src/guest/user-data.js';
import type { Config } from '../config.js';

/** Bytes of custom data that Azure takes, before base64 (learn.microsoft.com/azure/virtual-machines/custom-data). */
const customDataLimit = 65_535;

type World = Pick<DriverContext, 'bootData' | 'files' | 'identity'>;

/** The custom data of a new machine, in base64. @throws as `bootDataOf` */
export async function customDataOf(config: Config, ctx: World): Promise<string> {
  const { bytes } = await bootDataOf(bootOf(config), filesOf(config), ctx);
  return bytes.toString('base64');
}

/** Refuses what `customDataOf` would, before anything is made. @throws as that */
export async function checkCustomData(config: Config, ctx: World): Promise<void> {
  await checkBootData(bootOf(config), filesOf(config), ctx);
}

/** The public key of the login, which Azure wants by itself too: it refuses Linux without a key or a password. */
export async function loginKeyOf({ own: { keyPath } }: Config, { files, identity }: World): Promise<string> {
  const [text, publicText] = keyPath === '' ? [] : await Promise.all([files.read(keyPath), files.read(publicKeyOf(keyPath))]);
  const users = text === undefined ? undefined : publicHalfOf(text, publicText);
  return (users ?? (await identity()).loginPublic).trim();
}

function bootOf({ sshUser, own }: Config): CloudBoot {
  return {
    datasource: 'Azure',
    user: sshUser,
    limit: customDataLimit,
    measured: 'raw',
    gzip: true,
    ...(own.engineAtBoot ? { packages: enginePackages } : {}),
  };
}

function filesOf({ customDataFile, own }: Config): BootFiles {
  return { userDataFile: customDataFile, userDataFlag: '--azure-custom-data', sshKeyFile: own.keyPath, sshKeyFlag: '--azure-ssh-keypath' };
}
