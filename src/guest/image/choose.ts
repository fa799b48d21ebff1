import { TsmachineError } from '../../base/errors.js';
import type { Architecture, Digest, ImageFormat, Published } from './types.js';

export interface Offer {
  readonly title: string;
  readonly folder: string;
  readonly digests: ReadonlyMap<string, Digest>;
  readonly names: Partial<Readonly<Record<ImageFormat, string>>>;
  readonly formats: readonly ImageFormat[];
  readonly arch: Architecture;
}

/**
 * The first of the wanted formats that is in a vendor's list of checksums.
 * @throws TsmachineError DRIVER_UNSUPPORTED when there is none
 */
export function choose({ title, folder, digests, names, formats, arch }: Offer): Published {
  for (const format of formats) {
    const name = names[format];
    const digest = name === undefined ? undefined : digests.get(name);
    if (name !== undefined && digest !== undefined) return { title, format, digest, url: `${folder}/${name}` };
  }
  throw new TsmachineError('DRIVER_UNSUPPORTED', `${title} is not published for ${arch} as ${formats.join(' or ')} in ${folder}/`, {
    hint: 'Choose another image',
  });
}
