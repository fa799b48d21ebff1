import { debianImage } from './debian.js';
import type { Resolve, Sites } from './types.js';
import { ubuntuImage } from './ubuntu.js';

export const vendorSites: Sites = { debian: 'https://cloud.debian.org/images/cloud', ubuntu: 'https://cloud-images.ubuntu.com/releases' };

const trixie = debianImage('13', 'trixie');

/** Short names of images. A name without a version means the newest stable release. */
const releases: Readonly<Record<string, Resolve>> = {
  debian: trixie,
  'debian-13': trixie,
  'debian-12': debianImage('12', 'bookworm'),
  ubuntu: ubuntuImage(),
  'ubuntu-26.04': ubuntuImage('26.04'),
  'ubuntu-24.04': ubuntuImage('24.04'),
  'ubuntu-22.04': ubuntuImage('22.04'),
};

export const imageNames: readonly string[] = Object.keys(releases);

/** How to find the newest image for a short name; undefined for an unknown name. */
export function release(name: string): Resolve | undefined {
  return Object.hasOwn(releases, name) ? releases[name] : undefined;
}
