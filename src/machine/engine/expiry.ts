import type { HostConfig } from '../../store/config/schema.js';
import { authorityFiles } from './certificates.js';
import type { Session } from '../session.js';

/** What to do about each kind of certificate that ends. */
export const remedies = {
  CA: (name: string) =>
    `every certificate ends with it. Make a new one: remove ca.pem and ca-key.pem, then tsmachine regenerate-certs -f --client-certs ${name}`,
  client: (name: string) => `tsmachine regenerate-certs -f --client-certs ${name}`,
  server: (name: string) => `tsmachine regenerate-certs -f ${name}`,
};

/** Warns of every certificate on the way to this machine's engine that has ended or ends soon: CA, client and server. */
export async function warnOfExpiry(session: Session, config: HostConfig): Promise<void> {
  const { checkExpiry } = await import('../../certs/expiry.js');
  const files = authorityFiles(config);
  const found = await checkExpiry([
    { role: 'CA', path: files.ca },
    { role: 'client', path: files.cert },
    { role: 'server', path: session.store.machine(config.Name).serverCert },
  ]);
  for (const { role, path, daysLeft = 0, state } of found) {
    if (state === 'expired')
      session.io.warn(`The ${role} certificate ${path} expired ${-daysLeft} days ago: ${remedies[role](config.Name)}`);
    if (state === 'soon') session.io.warn(`The ${role} certificate ${path} expires in ${daysLeft} days: ${remedies[role](config.Name)}`);
  }
}
