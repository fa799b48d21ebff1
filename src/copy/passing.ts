import { positionOf, tellsPosition } from '../system/files/file-position.js';
import type { End, PathInfo } from './end.js';
import type { Meter } from '../system/http/meter.js';

export interface FilePass {
  readonly from: End;
  readonly to: End;
  readonly source: PathInfo;
  readonly target: PathInfo;
  readonly meter: Meter;
}

/**
 * Copies a file by a program that gets the open file: its bytes do not pass through this process.
 * @returns false where the two ends cannot do that, or the file has no known size
 */
export async function passFile({ from, to, source, target, meter }: FilePass): Promise<boolean> {
  if (source.size === 0 || target.kind === 'other') return false;
  if (from.readInto !== undefined && to.fillFile !== undefined) {
    const read = from.readInto.bind(from);
    await to.fillFile(target, source, async (file) => {
      meter.follow(async () => (await file.stat()).size);
      await read(source, file);
    });
  } else if (from.openFile !== undefined && to.writeFrom !== undefined && tellsPosition) {
    const file = await from.openFile(source.path);
    try {
      meter.follow(() => positionOf(file));
      await to.writeFrom(target, source, file);
    } finally {
      meter.unfollow();
      await file.close();
    }
  } else {
    return false;
  }
  meter.bytes = source.size;
  return true;
}
