import { readFile, type FileHandle } from 'node:fs/promises';

/** Whether this system reports the position in an open file that another program reads. */
export const tellsPosition = process.platform === 'linux';

/** The position in an open file, in bytes, also when another program that shares it is reading (proc(5), /proc/self/fdinfo). */
export async function positionOf(file: FileHandle): Promise<number> {
  const text = await readFile(`/proc/self/fdinfo/${file.fd}`, 'latin1');
  return Number(/^pos:\s*(\d+)/m.exec(text)?.[1] ?? 0);
}
