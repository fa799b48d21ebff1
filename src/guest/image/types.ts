import type { GuestContext } from '../../base/guest.js';

/** Formats of disk images; `iso` is a bootable one. */
export type ImageFormat = 'vmdk' | 'vdi' | 'vhd' | 'vhdx' | 'qcow2' | 'raw' | 'iso';

/** Architectures as Debian and Ubuntu name them. */
export type Architecture = 'amd64' | 'arm64';

export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal digits. */
  readonly value: string;
}

/** An image as its vendor publishes it. */
export interface Published {
  /** For people: `Debian 13, build 20260826-2582`. */
  readonly title: string;
  readonly url: string;
  readonly format: ImageFormat;
  readonly digest: Digest;
}

/** The vendors' servers; a mirror has the same folders. */
export interface Sites {
  readonly debian: string;
  readonly ubuntu: string;
}

export interface Query {
  readonly arch: Architecture;
  /** Best first. */
  readonly formats: readonly ImageFormat[];
  readonly sites: Sites;
  readonly fetchText: (url: string) => Promise<string>;
}

/** Asks a vendor's index for the newest build in the best format there is. */
export type Resolve = (query: Query) => Promise<Published>;

/** The part of a driver's context that downloading an image needs. */
export type ImageContext = Pick<GuestContext, 'io' | 'signal' | 'cacheDir' | 'download' | 'fetchText' | 'lock'>;
