import { lstat } from 'node:fs/promises';

import { TsmachineError } from '../../base/errors.js';
import { quote } from '../../base/quote.js';
import { makePrivateDir } from './atomic.js';
import { diskError } from './disk-error.js';

/**
 * Makes a folder that only this user can enter, or makes sure that the one that is there is such a folder: in a place that users share,
 * another one could have made it first.
 * @throws TsmachineError STORE_UNWRITABLE when it is a link, belongs to somebody else, or can be entered by others; STORE_FULL
 */
export async function ensureOwnFolder(path: string): Promise<void> {
  await makePrivateDir(path);
  const found = await lstat(path).catch((error: unknown) => {
    throw diskError(error, 'Cannot look at the folder', path);
  });
  if (!found.isDirectory()) throw notOurs(path, 'it is a link', `Look at where it leads, then remove it: rm ${quote(path)}`);
  const user = process.getuid?.();
  if (user === undefined) return; // Windows: the folder lies in the user's profile, which its access list keeps from others
  if (found.uid !== user) {
    throw notOurs(path, `it belongs to the user with the id ${found.uid}`, `As root: rm -r ${quote(path)}`);
  }
  if ((found.mode & 0o077) !== 0) throw notOurs(path, 'other users may enter it', `chmod 700 ${quote(path)}`);
}

function notOurs(path: string, why: string, hint: string): TsmachineError {
  return new TsmachineError('STORE_UNWRITABLE', `The folder ${path} is not used, because ${why}`, { hint });
}
