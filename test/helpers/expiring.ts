import { rm, writeFile } from 'node:fs/promises';

import none from '../../drivers/none/index.js';
import { ensureAuthority, renewClientCertificate } from '../../src/certs/authority.js';
import { issueServerCertificate } from '../../src/certs/server.js';
import { silentIo } from '../../src/base/io.js';
import { newHostConfig } from '../../src/store/config/schema.js';
import { openStore } from '../../src/store/store.js';

const day = 86_400_000;
/** Days from the making of a certificate to its end: one day backdated (src/certs/validity.ts). */
const lasts = { CA: 3652, client: 824, server: 824 };

/** A store with a machine `old` of which one certificate ends in `days` days, or ended; the others are good, as far as their CA lets them. */
export async function expiringStore(root: string, role: keyof typeof lasts, days: number, ip: string): Promise<void> {
  const store = openStore(root);
  const paths = store.machine('old');
  await rm(store.paths.certsDir, { recursive: true, force: true });
  await rm(paths.dir, { recursive: true, force: true });
  await store.reserve('old');
  const madeFor = (wanted: typeof role) =>
    new Date(Date.now() + (role === wanted ? days - lasts[wanted] + 0.5 : wanted === 'CA' ? -1500 : -1) * day);
  const options = { io: silentIo, user: 'test' };
  await ensureAuthority(store.paths, { ...options, now: madeFor('CA') });
  await renewClientCertificate(store.paths, { ...options, now: madeFor('client') }).catch((error: unknown) => {
    if (role !== 'CA') throw error;
  });
  const server = await issueServerCertificate({
    caFile: store.paths.ca,
    caKeyFile: store.paths.caKey,
    organization: 'test.old',
    names: [ip],
    now: role === 'CA' ? madeFor('CA') : madeFor('server'),
  });
  await writeFile(paths.serverCert, server.cert);
  const driver = await none.open({ env: {}, signal: new AbortController().signal });
  const data = await driver.parse({ machineName: 'old', storePath: root, machineDir: paths.dir, flags: { url: `tcp://${ip}:2376` } });
  await store.save({
    name: 'old',
    config: newHostConfig({ name: 'old', root, driverName: 'none', driver: data, engine: {}, serverCertSans: [] }),
  });
}
