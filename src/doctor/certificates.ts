import type { Findings } from '../base/findings.js';
import { run } from '../base/text.js';
import type { CheckedFile, ExpiryCheck } from '../certs/expiry.js';
import { authorityFiles } from '../machine/engine/certificates.js';
import { expiryRemedies } from '../machine/engine/expiry.js';
import type { Machine } from '../machine/machine.js';
import type { Session } from '../machine/session.js';
import { readIfExists } from '../system/files/atomic.js';

const codes = { CA: 'ca', client: 'client-certificate', server: 'server-certificate' } as const;

/** The certificates of one machine: its own CA, when it has one, and the certificate that its engine should serve. */
export async function checkExpiryOf({ store }: Session, found: Findings, { config, name }: Machine): Promise<void> {
  const { serverCert } = store.machine(name);
  const files = authorityFiles(config);
  const own: CheckedFile[] =
    files.ca === store.paths.ca
      ? []
      : [
          { role: 'CA', path: files.ca },
          { role: 'client', path: files.cert },
        ];
  const server: CheckedFile[] = (await readIfExists(serverCert)) === undefined ? [] : [{ role: 'server', path: serverCert }];
  await reportExpiry(found, name, [...own, ...server]);
}

/** Whether the certificates in the machine's folder, which docker clients use, are those of its CA. */
export async function checkCopies({ store }: Session, found: Findings, { config, name }: Machine): Promise<void> {
  const files = authorityFiles(config);
  const paths = store.machine(name);
  const copies = [
    [files.ca, paths.ca],
    [files.cert, paths.cert],
    [files.key, paths.key],
  ] as const;
  for (const [from, to] of copies) {
    const [original, copy] = await Promise.all([readIfExists(from), readIfExists(to)]);
    if (original === undefined || copy === original) continue;
    found.warning('certificate-copies', `${to} differs from ${from}: docker clients use an old certificate`, run('provision', name));
    return;
  }
}

/** @param name the machine that the commands in the findings name */
export async function reportExpiry(found: Findings, name: string, files: readonly CheckedFile[]): Promise<void> {
  const { checkExpiry } = await import('../certs/expiry.js');
  for (const checked of await checkExpiry(files)) reportOne(found, name, checked);
}

function reportOne(found: Findings, name: string, { role, path, state, daysLeft = 0 }: ExpiryCheck): void {
  const what = `The ${role} certificate ${path}`;
  const fix = expiryRemedies[role](name);
  switch (state) {
    case 'ok':
      return found.ok(codes[role], `${what} is valid for ${daysLeft} more days`);
    case 'soon':
      return found.warning(codes[role], `${what} expires in ${daysLeft} days`, fix);
    case 'expired':
      return found.fault(codes[role], `${what} expired ${-daysLeft} days ago`, fix);
    case 'missing':
      return found.fault(codes[role], `${what} is missing`, fix);
    case 'unreadable':
      return found.fault(codes[role], `${what} cannot be read`, fix);
  }
}
