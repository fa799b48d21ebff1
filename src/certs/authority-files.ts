import type { X509Certificate } from 'node:crypto';

import type { Io } from '../base/io.js';
import type { Authority } from './ca.js';

/** Paths of the four files, which are named as in Docker Machine (see docs/compatibility.md: The store). */
export interface AuthorityFiles {
  readonly ca: string;
  readonly caKey: string;
  readonly cert: string;
  readonly key: string;
}

export interface AuthorityOptions {
  readonly io: Io;
  /** The `O` of a new CA; the client certificate's is `<user>.<bootstrap>`. */
  readonly user: string;
  /** False when nothing will be signed: a CA certificate without its key is then enough. Default true. */
  readonly needsSigning?: boolean;
  readonly now?: Date;
}

/** The contents of the files; undefined for a missing one. */
export type AuthorityTexts = { readonly [file in keyof AuthorityFiles]: string | undefined };

/** The CA in use. Without a signer it can check certificates but not issue any. */
export interface CaInUse {
  readonly certificates: readonly X509Certificate[];
  readonly signer: Authority | undefined;
}
