import { writeAtomic } from '../system/files/atomic.js';
import { isoImage, type IsoFile } from './iso/image.js';

/** The files that cloud-init's NoCloud data source reads; the first two are required. */
export interface Seed {
  readonly userData: string | Buffer;
  readonly metaData: string;
  readonly networkConfig?: string;
}

/** The volume label by which cloud-init finds a seed. */
const label = 'cidata';

/**
 * A NoCloud seed: an ISO image with `user-data`, `meta-data` and, if given, `network-config`. The same arguments give the same bytes.
 * @param date the time stamp of everything in the image
 */
export function seedImage(seed: Seed, date: Date): Buffer {
  const files: IsoFile[] = [
    { name: 'user-data', content: typeof seed.userData === 'string' ? Buffer.from(seed.userData) : seed.userData },
    { name: 'meta-data', content: Buffer.from(seed.metaData) },
    ...(seed.networkConfig === undefined ? [] : [{ name: 'network-config', content: Buffer.from(seed.networkConfig) }]),
  ];
  return isoImage(label, files, date);
}

/**
 * Writes a seed that only its owner can read, because it contains the guest's private host key. The drive stays attached: without it,
 * cloud-init would search for a data source at every boot.
 * @throws TsmachineError STORE_FULL, STORE_UNWRITABLE
 */
export async function writeSeed(path: string, seed: Seed, date: Date): Promise<void> {
  await writeAtomic(path, seedImage(seed, date), 0o600);
}
