import { readFile } from 'node:fs/promises';

import { ensureAuthority } from '../../../src/certs/authority.js';
import { issueServerCertificate } from '../../../src/certs/server.js';
import { silentIo } from '../../../src/base/io.js';
import { temporaryFolder } from '../../unit/certs/temporary.js';

/** A store's certificates: what the client shows and trusts, and server certificates on demand. */
export interface Authority {
  readonly client: { readonly ca: string; readonly cert: string; readonly key: string };
  server(names: readonly string[], now?: Date): Promise<{ cert: string; key: string }>;
  remove(): Promise<void>;
}

/** Made as of `now`, so that expired certificates can be had without waiting. */
export async function makeAuthority(now = new Date()): Promise<Authority> {
  const folder = await temporaryFolder();
  const { files } = folder;
  await ensureAuthority(files, { io: silentIo, user: 'ann', now });
  const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map((path) => readFile(path, 'utf8')));
  if (ca === undefined || cert === undefined || key === undefined) throw new Error('no certificates');
  return {
    client: { ca, cert, key },
    server: (names, asOf = now) =>
      issueServerCertificate({ caFile: files.ca, caKeyFile: files.caKey, organization: 'ann.m1', names, now: asOf }),
    remove: () => folder.remove(),
  };
}
