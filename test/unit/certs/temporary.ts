import { plain } from '../../../src/base/text.js';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuthorityFiles } from '../../../src/certs/authority-files.js';
import type { Io } from '../../../src/base/io.js';
import { silentIo } from '../../../src/base/io.js';

export interface Folder {
  readonly dir: string;
  readonly files: AuthorityFiles;
  /** The same files in a folder of their own, to be spoilt by one test. */
  copy(): Promise<Folder>;
  remove(): Promise<void>;
}

/** A temporary folder for the four files of an authority. */
export async function temporaryFolder(): Promise<Folder> {
  const parent = await mkdtemp(join(tmpdir(), 'tsmachine-certs-'));
  const dir = join(parent, 'certs');
  const file = (name: string) => join(dir, name);
  return {
    dir,
    files: { ca: file('ca.pem'), caKey: file('ca-key.pem'), cert: file('cert.pem'), key: file('key.pem') },
    async copy() {
      const other = await temporaryFolder();
      await cp(dir, other.dir, { recursive: true });
      return other;
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

/** An `Io` that keeps what it is told. */
export function recordingIo(): Io & { readonly lines: string[]; readonly warnings: string[] } {
  const lines: string[] = [];
  const warnings: string[] = [];
  return {
    ...silentIo,
    lines,
    warnings,
    info: (text) => {
      lines.push(plain(text));
    },
    warn: (text) => {
      warnings.push(plain(text));
    },
  };
}

export const days = (count: number, from = new Date()) => new Date(from.getTime() + count * 86_400_000);
