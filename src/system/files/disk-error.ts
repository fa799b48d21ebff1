import { dirname } from 'node:path';

import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { quote } from '../../base/quote.js';

/** Why a file cannot be read, in words for a person. */
export function whyUnreadable(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'ENOTDIR':
      return 'a part of the path is a file, not a folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return errorText(error);
  }
}

/**
 * The error for a failed write to disk, with a hint.
 * @param doing the beginning of the sentence: "Cannot write", "Cannot make the folder"
 * @returns STORE_FULL for a full disk or quota, STORE_UNWRITABLE for other causes; a TsmachineError unchanged
 */
export function diskError(error: unknown, doing: string, path: string): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const code = systemCode(error);
  const unwritable = (why: string, hint?: string) =>
    new TsmachineError('STORE_UNWRITABLE', `${doing} ${path}: ${why}`, { hint, cause: error });
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TsmachineError('STORE_FULL', `${doing} ${path}: ${code === 'EDQUOT' ? 'the disk quota is used up' : 'the disk is full'}`, {
        hint: `Free some space (df -h ${quote(dirname(path))}), or choose another folder with --storage-path`,
        cause: error,
      });
    case 'EROFS':
      return unwritable('the disk is read-only', 'Choose another folder with --storage-path or MACHINE_STORAGE_PATH');
    case 'EACCES':
    case 'EPERM':
      return unwritable(
        'permission denied',
        `Run as its owner (ls -ld ${quote(dirname(path))}), or choose another folder with --storage-path`,
      );
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
      return unwritable(errorText(error));
  }
}
