import { open } from 'node:fs/promises';

import { unreadable } from '../../system/files/atomic.js';

/** The offset of the volume name in an ISO 9660 image. */
const labelAt = 0x8028;
const labelLength = 32;

/**
 * The version in the label of a boot2docker ISO, `v19.03.12` for `Boot2Docker-v19.03.12`.
 * @returns undefined for an ISO whose label contains no version
 * @throws TsmachineError CONFIG_UNREADABLE
 */
export async function isoVersion(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(labelLength), 0, labelLength, labelAt);
      return /-(v.+)$/.exec(buffer.toString('latin1', 0, bytesRead).replace(/\0/g, '').trim())?.[1];
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(error, path);
  }
}
