import { createHash } from 'node:crypto';

import { TsmachineError } from '../../base/errors.js';
import { type ArchiveFile, endOfTar, packTar } from './tar.js';

export const digestName = 'SHA256';
const epoch = new Date(0);

/** A tar file whose last entry holds the SHA-256 of everything before it; any tar program reads it. */
export async function packWithDigest(files: readonly ArchiveFile[], modified: Date): Promise<Buffer> {
  const body = await packTar(files, modified);
  const before = body.subarray(0, body.length - endOfTar);
  return Buffer.concat([before, await digestTail(before)]);
}

/**
 * The tar file without its digest. The tail is compared byte by byte with the one that belongs to the rest: no byte can differ
 * unnoticed.
 * @throws TsmachineError ARCHIVE_INVALID for a file that was changed or truncated
 */
export async function checkDigest(bytes: Buffer): Promise<Buffer> {
  const { length } = await digestTail(Buffer.alloc(0));
  const before = bytes.subarray(0, Math.max(0, bytes.length - length));
  if (!bytes.subarray(before.length).equals(await digestTail(before))) {
    throw new TsmachineError('ARCHIVE_INVALID', 'The export was changed or truncated after it was written: its digest does not match', {
      hint: 'Copy it again (in binary mode), or export once more. Nothing was imported',
    });
  }
  return Buffer.concat([before, Buffer.alloc(endOfTar)]);
}

function digestTail(before: Buffer): Promise<Buffer> {
  const digest = createHash('sha256').update(before).digest('hex');
  return packTar([{ path: digestName, content: Buffer.from(`${digest}\n`) }], epoch);
}
