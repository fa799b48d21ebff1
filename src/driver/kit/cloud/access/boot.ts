import { TsmachineError } from '../../../../base/errors.js';
import { publicKeyOf } from '../../../../base/guest.js';
import { quote } from '../../../../base/quote.js';
import type { BootDataRequest, DriverContext } from '../../../contract.js';
import { publicHalfOf } from './public-half.js';

type World = Pick<DriverContext, 'bootData' | 'files'>;

/** What of a cloud's user data comes from the user's files. Empty: none. */
export interface BootFiles {
  /** For cloud-init. */
  readonly userDataFile: string;
  /** `--amazonec2-userdata`. */
  readonly userDataFlag: string;
  /** The user's own private SSH key. */
  readonly sshKeyFile: string;
  /** `--amazonec2-ssh-keypath`. */
  readonly sshKeyFlag: string;
}

/** What the cloud's own data source says of a request. */
export type CloudBoot = Omit<BootDataRequest, 'userData' | 'authorizedKeys' | 'trial'>;

/**
 * The user data of a new machine, with the user's own file in it. The core makes the host key anew that it contains. The login must be
 * known by now.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING when the user's files are not there, nothing that cloud-init takes, or too large
 */
export async function bootDataOf(boot: CloudBoot, files: BootFiles, ctx: World): ReturnType<World['bootData']> {
  return ctx.bootData(await requestOf(boot, files, ctx));
}

/** Refuses what `bootDataOf` would, before anything is made. @throws as that */
export async function checkBootData(boot: CloudBoot, files: BootFiles, ctx: World): Promise<void> {
  const request = await requestOf(boot, files, ctx);
  try {
    await ctx.bootData({ ...request, trial: true });
  } catch (error) {
    if (!TsmachineError.is(error) || files.userDataFile === '') throw error;
    throw new TsmachineError(error.code, `${files.userDataFlag} ${files.userDataFile}: ${error.message}`, {
      cause: error.cause,
      hint: error.hint,
    });
  }
}

async function requestOf(boot: CloudBoot, files: BootFiles, ctx: World): Promise<BootDataRequest> {
  const [userData, authorizedKeys] = await Promise.all([fileOf(files, ctx), keysOf(files, ctx)]);
  return { ...boot, ...(userData ? { userData } : {}), ...(authorizedKeys ? { authorizedKeys } : {}) };
}

async function fileOf({ userDataFile: path, userDataFlag: flag }: BootFiles, { files }: World): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  const bytes = await files.readBytes(path);
  if (bytes) return bytes;
  throw new TsmachineError('FLAG_INVALID', `There is no file ${path} (${flag})`);
}

/** The public half of the user's own key, also where the cloud knows it: what it hands over is for the image's login alone. */
async function keysOf({ sshKeyFile: path, sshKeyFlag: flag }: BootFiles, { files }: World): Promise<string[] | undefined> {
  if (path === '') return undefined;
  const [publicText, privateText] = await Promise.all([files.read(publicKeyOf(path)), files.read(path)]);
  if (privateText === undefined) throw new TsmachineError('FLAG_INVALID', `There is no file ${path} (${flag})`);
  const key = publicHalfOf(privateText, publicText);
  if (key !== undefined) return [key];
  throw new TsmachineError('FLAG_INVALID', `The public half of ${path} (${flag}) is not known`, {
    hint: `Write it beside the key: ssh-keygen -y -f ${quote(path)} >${quote(publicKeyOf(path))}`,
  });
}
