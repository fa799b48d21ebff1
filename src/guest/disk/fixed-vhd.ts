import { open } from 'node:fs/promises';

import { diskError } from '../../system/files/disk-error.js';
import { vhdFooter } from './vhd.js';

/**
 * Writes a VHD of fixed size for its owner alone, in place of what is there: zeros behind its first bytes, as holes where the disk can.
 * @param head the first bytes
 * @param size bytes that a guest sees, rounded up to whole megabytes
 * @throws TsmachineError STORE_FULL, STORE_UNWRITABLE
 */
export async function writeFixedVhd(path: string, head: Uint8Array, size: number): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    try {
      const { bytes, diskSize } = vhdFooter(size);
      await file.write(head, 0, head.length, 0);
      await file.write(bytes, 0, bytes.length, diskSize);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(error, 'Cannot write', path);
  }
}
