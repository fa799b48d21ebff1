import type { HostConfig } from '../../store/config/schema.js';
import { run, say, type Text } from '../../base/text.js';
import { authorityFiles } from './certificates.js';
import type { Session } from '../session.js';

/** What to do about each kind of certificate that expires. */
export const expiryRemedies: Readonly<Record<'CA' | 'client' | 'server', (name: string) => Text>> = {
  CA: (name) => say`All certificates end with the CA. Make a new one: move its certificate and key away, then ${renewClient(name)}`,
  client: renewClient,
  server: (name) => run('regenerate-certs', '-f', name),
};

function renewClient(name: string): Text {
  return run('regenerate-certs', '-f', '--client-certs', name);
}

/** Warns of every certificate that a connection to this machine's engine uses (CA, client, server) and that has expired or soon will. */
export async function warnOfExpiry(session: Session, config: HostConfig): Promise<void> {
  const { checkExpiry } = await import('../../certs/expiry.js');
  const files = authorityFiles(config);
  const found = await checkExpiry([
    { role: 'CA', path: files.ca },
    { role: 'client', path: files.cert },
    { role: 'server', path: session.store.machine(config.Name).serverCert },
  ]);
  for (const { role, path, daysLeft = 0, state } of found) {
    if (state !== 'expired' && state !== 'soon') continue;
    const when = state === 'expired' ? `expired ${-daysLeft} days ago` : `expires in ${daysLeft} days`;
    session.io.warn(say`The ${role} certificate ${path} ${when}: ${expiryRemedies[role](config.Name)}`);
  }
}
