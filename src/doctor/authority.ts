import type { CheckedFile, ExpiryCheck } from '../certs/expiry.js';
import type { HostConfig } from '../store/config/schema.js';
import { readIfExists } from '../system/files/atomic.js';
import { authorityFiles } from '../machine/engine/certificates.js';
import { remedies } from '../machine/engine/expiry.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

const checks = { CA: 'ca', client: 'client-certificate', server: 'server-certificate' } as const;

/** The certificates that all machines of the store share. */
export async function checkAuthority(session: Session, found: Findings): Promise<void> {
  const { ca, caKey, cert } = session.store.paths;
  if ((await readIfExists(ca)) === undefined) {
    found.ok('ca', 'There is no CA yet; the first create makes it');
    return;
  }
  await tellExpiry(found, 'NAME', [
    { role: 'CA', path: ca },
    { role: 'client', path: cert },
  ]);
  if ((await readIfExists(caKey)) === undefined) {
    found.warning('ca', `The CA's key ${caKey} is missing: no certificate can be made or renewed`, 'Restore it from a copy');
  }
}

/** The certificates of one machine: its own authority, when it has one, and what its engine should serve. */
export async function checkCertificates(session: Session, found: Findings, config: HostConfig): Promise<void> {
  const paths = session.store.machine(config.Name);
  const files = authorityFiles(config);
  const shared = files.ca === session.store.paths.ca;
  const server = (await readIfExists(paths.serverCert)) === undefined ? [] : [{ role: 'server', path: paths.serverCert } as const];
  const own: CheckedFile[] = shared
    ? []
    : [
        { role: 'CA', path: files.ca },
        { role: 'client', path: files.cert },
      ];
  await tellExpiry(found, config.Name, [...own, ...server]);
  const copies = [
    [files.ca, paths.ca],
    [files.cert, paths.cert],
    [files.key, paths.key],
  ] as const;
  const stale = await Promise.all(
    copies.map(async ([from, to]) => {
      const [original, copy] = await Promise.all([readIfExists(from), readIfExists(to)]);
      return original !== undefined && copy !== original ? [to] : [];
    }),
  );
  const [first] = stale.flat();
  if (first === undefined) return;
  found.warning(
    'certificate-copies',
    `${first} is not what it should be a copy of: docker clients would use an old one`,
    `tsmachine provision ${config.Name}`,
  );
}

async function tellExpiry(found: Findings, name: string, files: readonly CheckedFile[]): Promise<void> {
  const { checkExpiry } = await import('../certs/expiry.js');
  for (const checked of await checkExpiry(files)) tell(found, name, checked);
}

function tell(found: Findings, name: string, { role, path, state, daysLeft = 0 }: ExpiryCheck): void {
  const what = `The ${role} certificate ${path}`;
  const fix = remedies[role](name);
  switch (state) {
    case 'ok':
      return found.ok(checks[role], `${what} is valid for ${daysLeft} more days`);
    case 'soon':
      return found.warning(checks[role], `${what} expires in ${daysLeft} days`, fix);
    case 'expired':
      return found.fault(checks[role], `${what} expired ${-daysLeft} days ago`, fix);
    case 'missing':
      return found.fault(checks[role], `${what} is missing`, fix);
    case 'unreadable':
      return found.fault(checks[role], `${what} cannot be read`, fix);
  }
}
