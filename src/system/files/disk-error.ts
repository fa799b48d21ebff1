import { dirname } from 'node:path';

import { TsmachineError, systemCode, whyUnusable } from '../../base/errors.js';
import { quote } from '../../base/quote.js';

/**
 * The error for a failed write to disk, with a hint.
 * @param doing the beginning of the sentence: "Cannot write", "Cannot make the folder"
 * @returns STORE_FULL for a full disk or quota, STORE_UNWRITABLE for other causes; a TsmachineError unchanged
 */
export function diskError(error: unknown, doing: string, path: string): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const unwritable = (why: string, hint?: string) =>
    new TsmachineError('STORE_UNWRITABLE', `${doing} ${path}: ${why}`, { hint, cause: error });
  const why = whyUnusable(error);
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TsmachineError('STORE_FULL', `${doing} ${path}: ${why}`, {
        hint: `Free some space (df -h ${quote(dirname(path))}), or choose another folder with --storage-path`,
        cause: error,
      });
    case 'EROFS':
      return unwritable(why, 'Choose another folder with --storage-path or MACHINE_STORAGE_PATH');
    case 'EACCES':
    case 'EPERM':
      return unwritable(why, `Run as its owner (ls -ld ${quote(dirname(path))}), or choose another folder with --storage-path`);
    case 'EIO':
      return unwritable(why, 'Look at the messages of the kernel (dmesg), and check the disk');
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return unwritable(
        'there is a file where a folder should be, or a folder where a file should be',
        'Move it away, or choose another folder with --storage-path',
      );
    case 'ENOENT':
      return unwritable(`there is no folder ${dirname(path)}`);
    default:
      return unwritable(why);
  }
}
