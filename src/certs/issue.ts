import { randomBytes, sign } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import { latin1, loadDer } from './der.js';
import type { Der } from './der.js';
import { issuerMarks, keyIdentifier } from './issuer.js';
import type { AlternativeNames } from './names.js';

export interface CertificateRequest {
  readonly purpose: keyof typeof purposes;
  readonly organization: string;
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly names?: AlternativeNames;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The CA that signs; absent for a self-signed certificate. */
  readonly issuer?: X509Certificate;
  /** The private key of the CA, or the certificate's own when it is self-signed. */
  readonly signingKey: KeyObject;
}

const purposes = {
  ca: [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
  ],
  server: [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
  ],
  /** A classic swarm's master serves clients and is itself a client of its agents' engines. */
  serverAndClient: [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
  ],
  client: [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true },
    { name: 'extKeyUsage', clientAuth: true },
  ],
} as const;

interface Algorithm {
  readonly id: string;
  readonly hash: 'sha256' | null;
  readonly nullParameters?: true;
}

/** By type of the signing key: a CA given with --tls-ca-key need not use RSA. RFC 4055, 5758 and 8410. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256', nullParameters: true },
  ec: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  ed25519: { id: '1.3.101.112', hash: null },
};

/**
 * Builds one X.509 version 3 certificate and returns its PEM. The signature is made by node:crypto, because node-forge takes 100 ms for
 * one.
 * @throws TsmachineError CERT_UNREADABLE when the type of the signing key is not supported.
 */
export async function issueCertificate(request: CertificateRequest): Promise<string> {
  const algorithm = algorithmOf(request.signingKey);
  const der = await loadDer();
  const { sequence } = der;
  const form = der.pki.createCertificate();
  form.setSubject([name(der, 'organizationName', request.organization), name(der, 'commonName', request.commonName)]);
  const subject = der.pki.distinguishedNameToAsn1(form.subject);
  const ownKeyIdentifier = keyIdentifier(der, request.publicKey);
  const issuer = request.issuer === undefined ? { name: subject, keyIdentifier: ownKeyIdentifier } : issuerMarks(der, request.issuer);
  form.setExtensions([
    ...purposes[request.purpose].map((extension) => ({ ...extension })),
    ...(request.names === undefined ? [] : [namesExtension(request.names)]),
    { name: 'subjectKeyIdentifier', value: der.octets(ownKeyIdentifier) },
    { name: 'authorityKeyIdentifier', keyIdentifier: latin1(issuer.keyIdentifier) },
  ]);
  const signatureAlgorithm = sequence(der.oid(algorithm.id), ...(algorithm.nullParameters ? [der.nothing()] : []));
  const body = sequence(
    der.tagged(0, der.integer(Uint8Array.of(2))),
    der.integer(serialNumber()),
    signatureAlgorithm,
    issuer.name,
    sequence(der.time(request.notBefore), der.time(request.notAfter)),
    subject,
    der.parse(request.publicKey.export({ type: 'spki', format: 'der' })),
    der.pki.certificateExtensionsToAsn1(form.extensions),
  );
  const signature = sign(algorithm.hash, der.print(body), request.signingKey);
  return toPem(der.print(sequence(body, signatureAlgorithm, der.bits(signature))));
}

function algorithmOf(key: KeyObject): Algorithm {
  const type = key.asymmetricKeyType ?? 'unknown';
  const algorithm = algorithms[type];
  if (algorithm !== undefined) return algorithm;
  throw new TsmachineError('CERT_UNREADABLE', `The CA's key has the type ${type}, which is not supported for signing certificates`, {
    hint: 'Use a CA with an RSA, EC or Ed25519 key for --tls-ca-cert and --tls-ca-key.',
  });
}

/**
 * A UTF8String, because `<bootstrap>` has characters that a PrintableString cannot contain; at most 64 characters (RFC 5280,
 * ub-common-name).
 */
function name(der: Der, attribute: string, value: string) {
  return { name: attribute, value: [...value].slice(0, 64).join(''), valueTagClass: der.utf8 as number };
}

function namesExtension(names: AlternativeNames) {
  const dns = names.dns.map((value) => ({ type: 2, value }));
  const ips = names.ips.map((ip) => ({ type: 7, ip }));
  return { name: 'subjectAltName', altNames: [...dns, ...ips] };
}

/** 128 random bits, positive and without a leading zero byte. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
