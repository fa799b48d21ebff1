import { TsmachineError } from '../../base/errors.js';

/** What Windows does not allow in a file name, and control characters: no export contains them. */
const forbidden = /[\u0000-\u001f\\:*?"<>|]/;

/**
 * The parts of an entry's path, if on every system it stays below the folder that it is unpacked into.
 * @throws TsmachineError ARCHIVE_INVALID for absolute paths, `..`, and names that some system does not allow
 */
export function entryParts(path: string): readonly string[] {
  const parts = path.split('/');
  const good = path !== '' && !forbidden.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (good) return parts;
  throw new TsmachineError('ARCHIVE_INVALID', `The export holds an entry that leads out of its folder: ${JSON.stringify(path)}`, {
    hint: 'tsmachine never writes such a file: do not trust its origin',
  });
}
