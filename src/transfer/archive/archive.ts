import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { checkDigest, digestName, packWithDigest } from './digest.js';
import { type Cost, decrypt, encrypt, isEncrypted } from './encryption.js';
import { type ArchiveFile, unpackTar } from './tar.js';

export type { ArchiveFile } from './tar.js';
export { entryParts } from './entry-path.js';

/** The first entry of every export: it describes the others. */
export const manifestName = 'tsmachine.json';

export interface SealOptions {
  readonly modified: Date;
  /** Without one the archive is not encrypted, and only a digest protects it from damage. */
  readonly passphrase?: string | undefined;
  readonly cost?: Cost;
}

/** The bytes of an export; the manifest has to be the first of `files`. */
export async function seal(files: readonly ArchiveFile[], { modified, passphrase, cost }: SealOptions): Promise<Buffer> {
  const plain = await packWithDigest(files, modified);
  return passphrase === undefined ? plain : encrypt(plain, passphrase, cost);
}

/**
 * The files of an export, after it was checked that all of it is as it was written.
 * @param passphrase called only when the export is encrypted
 * @throws TsmachineError ARCHIVE_INVALID, ARCHIVE_PASSPHRASE, whatever `passphrase` throws
 */
export async function unseal(bytes: Buffer, passphrase: () => Promise<string> = noPassphrase): Promise<ArchiveFile[]> {
  const plain = isEncrypted(bytes) ? await decrypt(bytes, await passphrase()) : bytes;
  if (plain.subarray(0, manifestName.length + 1).toString('latin1') !== `${manifestName}\0`) {
    throw new TsmachineError('ARCHIVE_INVALID', 'The file is not an export of tsmachine', {
      hint: say`${run('export', 'NAME', '-o', 'FILE')} writes one`,
    });
  }
  return (await unpackTar(await checkDigest(plain))).filter(({ path }) => path !== digestName);
}

function noPassphrase(): Promise<never> {
  return Promise.reject(new TsmachineError('ARCHIVE_PASSPHRASE', 'The file is encrypted, and no passphrase was given'));
}
