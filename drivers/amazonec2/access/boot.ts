import type { DriverContext } from '../../../src/driver/contract.js';
import { bootDataOf, checkBootData, type BootFiles, type CloudBoot } from '../../../src/driver/kit/cloud/access/boot.js';
import { enginePackages } from '../../../src/guest/user-data.js';
import type { Config } from '../config.js';

/** Bytes of user data that EC2 takes, before base64 (docs.aws.amazon.com/AWSEC2/latest/UserGuide: Run commands when you launch). */
const userDataLimit = 16_384;

type World = Pick<DriverContext, 'bootData' | 'files'>;

/** The user data of a new instance, in base64. @throws as `bootDataOf` */
export async function userDataOf(config: Config, ctx: World): Promise<string> {
  const { bytes } = await bootDataOf(bootOf(config), filesOf(config), ctx);
  return bytes.toString('base64');
}

/** Refuses what `userDataOf` would, before anything is made. @throws as that */
export async function checkUserData(config: Config, ctx: World): Promise<void> {
  await checkBootData(bootOf(config), filesOf(config), ctx);
}

function bootOf({ sshUser, own }: Config): CloudBoot {
  return {
    datasource: 'Ec2',
    user: sshUser || 'ubuntu',
    limit: userDataLimit,
    measured: 'raw',
    gzip: true,
    ...(own.engineAtBoot ? { packages: enginePackages } : {}),
  };
}

function filesOf({ userDataFile, sshPrivateKeyPath }: Config): BootFiles {
  return { userDataFile, userDataFlag: '--amazonec2-userdata', sshKeyFile: sshPrivateKeyPath, sshKeyFlag: '--amazonec2-ssh-keypath' };
}
