import { TsmachineError } from '../../base/errors.js';

/** What Windows does not take in a file name, and control characters: nothing tsmachine writes has them. */
const forbidden = /[\u0000-\u001f\\:*?"<>|]/;

/**
 * The parts of an entry's path, when it stays below the folder it is unpacked into on every system.
 * @throws TsmachineError ARCHIVE_INVALID for absolute paths, `..`, and names a file cannot have everywhere.
 */
export function entryParts(path: string): readonly string[] {
  const parts = path.split('/');
  const good = path !== '' && !forbidden.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (good) return parts;
  throw new TsmachineError('ARCHIVE_INVALID', `The export holds an entry that leads out of its folder: ${JSON.stringify(path)}`, {
    hint: 'tsmachine does not write such files: do not trust where this one comes from',
  });
}
