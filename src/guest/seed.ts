import { writeAtomic } from '../system/files/atomic.js';
import { isoImage, type IsoFile } from './iso/image.js';

/** What cloud-init's NoCloud source reads; the first two must be there. */
export interface Seed {
  readonly userData: string;
  readonly metaData: string;
  readonly networkConfig?: string;
}

/** The label by which cloud-init finds a seed. */
const label = 'cidata';

/**
 * A NoCloud seed: an ISO image with `user-data`, `meta-data` and perhaps `network-config`. The same seed and date give the same bytes.
 * @param date stands in the image as the time of everything
 */
export function seedImage(seed: Seed, date: Date): Buffer {
  const files: IsoFile[] = [
    { name: 'user-data', content: Buffer.from(seed.userData) },
    { name: 'meta-data', content: Buffer.from(seed.metaData) },
    ...(seed.networkConfig === undefined ? [] : [{ name: 'network-config', content: Buffer.from(seed.networkConfig) }]),
  ];
  return isoImage(label, files, date);
}

/**
 * Writes a seed for its owner alone: it holds the guest's private host key. The guest keeps it as a drive for life; without it cloud-init
 * searches again at every boot.
 * @throws TsmachineError STORE_FULL, STORE_UNWRITABLE
 */
export async function writeSeed(path: string, seed: Seed, date: Date): Promise<void> {
  await writeAtomic(path, seedImage(seed, date), 0o600);
}
