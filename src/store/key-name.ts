import { copyFile, link, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemCode } from '../base/errors.js';
import { diskError } from '../system/files/disk-error.js';
import { publicKeyOf, type MachinePaths } from './paths.js';

/**
 * Lets scripts find a machine's key under the name that Docker Machine gives it (`ssh -i machines/NAME/id_rsa`): a second name of the same
 * file, or a copy where the file system has no such thing. A key that lies elsewhere is the user's own and gets no name here.
 * @param key the private key's path
 * @throws TsmachineError STORE_FULL, STORE_UNWRITABLE
 */
export async function nameAsRsa(paths: Pick<MachinePaths, 'dir' | 'rsaKey'>, key: string): Promise<void> {
  if (dirname(key) !== paths.dir || key === paths.rsaKey) return;
  try {
    await sameUnder(publicKeyOf(paths.rsaKey), publicKeyOf(key));
    await sameUnder(paths.rsaKey, key);
  } catch (error) {
    throw diskError(error, 'Cannot write', paths.rsaKey);
  }
}

async function sameUnder(name: string, file: string): Promise<void> {
  const [there, wanted] = await Promise.all([contentOf(name), contentOf(file)]);
  if (wanted === undefined || there?.equals(wanted) === true) return;
  const unfinished = `${name}.${process.pid}.new`;
  await rm(unfinished, { force: true });
  // a copy has the mode of its source
  await link(file, unfinished).catch(() => copyFile(file, unfinished));
  await rename(unfinished, name);
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
