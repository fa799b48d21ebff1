import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Every file and folder below `root` with its mode: `machines/m1/config.json 600`. Not cached downloads, locks, and folders in which
 * machines are made: what could not be removed of these stays until a later command wants it, or finds that its process has ended.
 */
export async function treeOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true }).catch((): string[] => []);
  const lines = entries
    .filter((entry) => !/^cache(\/|$)|^locks\/.*\.lock$|^machines\/\.new-/.test(entry))
    .map(async (entry) => `${entry} ${((await stat(join(root, entry))).mode & 0o777).toString(8)}`);
  return (await Promise.all(lines)).sort();
}

/** What must be the same after a command that had nothing to do with it: the content of every file in `folder`. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sums = files.map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    return [
      path.slice(folder.length + 1),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ];
  });
  return Object.fromEntries((await Promise.all(sums)).sort());
}
