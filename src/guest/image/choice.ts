import { resolve } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { imageNames } from './catalogue.js';
import type { Digest } from './types.js';

/** The image for a machine: a short name, a file, or a URL with the digest of its file. */
export type ImageChoice =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly digest: Digest };

const lengths = { sha256: 64, sha512: 128 };

/**
 * Reads what a person typed: `debian`, `./disk.qcow2`, `https://example.com/disk.vmdk#sha256:9f86d0...`. Pure: the disk is not read.
 * @param flag the flag's name without dashes, for the error
 * @throws TsmachineError FLAG_INVALID
 */
export function parseImageChoice(text: string, flag: string): ImageChoice {
  const refuse = (why: string, hint: string) => new TsmachineError('FLAG_INVALID', `--${flag} ${JSON.stringify(text)} ${why}`, { hint });
  if (/^https?:\/\//i.test(text)) {
    const [, url = text, algorithm, value = ''] = /^([^#]*)(?:#(sha256|sha512)[:=]([0-9a-fA-F]*))?$/.exec(text) ?? [];
    if (!URL.canParse(url)) throw refuse('is not a URL', 'Example: https://example.com/disk.qcow2#sha256:9f86d0...');
    if (algorithm !== 'sha256' && algorithm !== 'sha512') {
      throw refuse('has no checksum', 'Append the published one: URL#sha256:9f86d0... or URL#sha512:...');
    }
    if (value.length !== lengths[algorithm]) {
      throw refuse(
        `has a checksum of ${value.length} digits; ${algorithm} has ${lengths[algorithm]}`,
        'Copy the whole line from the list of checksums',
      );
    }
    return { kind: 'url', url, digest: { algorithm, value: value.toLowerCase() } };
  }
  if (imageNames.includes(text)) return { kind: 'name', name: text };
  if (/[\\/.]/.test(text) && !/^(debian|ubuntu)-[\d.]+$/.test(text)) return { kind: 'file', path: resolve(text) };
  const near = nearest(text, imageNames);
  throw refuse(
    'is not the name of an image',
    `${near === undefined ? '' : `Did you mean ${near}? `}Names: ${imageNames.join(', ')}; a file needs its path (./disk)`,
  );
}
