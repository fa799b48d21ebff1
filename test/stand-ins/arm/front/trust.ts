import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import type { SecureContext, SecureContextOptions } from 'node:tls';

import { issueCertificate } from '../../../../src/certs/issue.js';

export interface Certified {
  /** Of the authority; clients trust it by NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 and localhost from an authority that lives as long as the process. */
export async function certify(): Promise<Certified> {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const dates = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) };
  const [authority, server] = [pair(), pair()];
  const organization = 'Stand-in for Azure';
  const ca = await issueCertificate({
    purpose: 'ca',
    organization,
    commonName: 'authority',
    publicKey: authority.publicKey,
    signingKey: authority.privateKey,
    ...dates,
  });
  const cert = await issueCertificate({
    purpose: 'server',
    organization,
    commonName: 'localhost',
    publicKey: server.publicKey,
    names: { dns: ['localhost'], ips: ['127.0.0.1'] },
    issuer: new X509Certificate(ca),
    signingKey: authority.privateKey,
    ...dates,
  });
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface Tls {
  createSecureContext(options?: SecureContextOptions): SecureContext;
}

/** What NODE_EXTRA_CA_CERTS does for a new process, for this one: Node 20 has no call for it. */
export function trust(ca: string): void {
  const tls = createRequire(import.meta.url)('node:tls') as Tls;
  const before = tls.createSecureContext.bind(tls);
  tls.createSecureContext = (options) => {
    const made = before(options);
    (made.context as { addCACert(pem: string): void }).addCACert(ca);
    return made;
  };
}
