import { TsmachineError } from '../base/errors.js';
import { readIfExists } from '../system/files/atomic.js';
import { parseCertificates } from './pem.js';
import { daysUntil, soonDays } from './validity.js';

export interface CertificateExpiry {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whole days left; negative once expired. */
  readonly daysLeft: number;
}

export type ExpiryState = 'ok' | 'soon' | 'expired' | 'missing' | 'unreadable';

export interface CheckedFile {
  readonly role: 'CA' | 'client' | 'server';
  readonly path: string;
}

export interface ExpiryCheck extends CheckedFile {
  readonly state: ExpiryState;
  /** Absent when the file is missing or unreadable. */
  readonly daysLeft?: number;
}

/**
 * The validity of the first certificate of a PEM text.
 * @param path the name of the text in error messages
 * @throws TsmachineError CERT_UNREADABLE
 */
export function certificateExpiry(pem: string, now = new Date(), path = 'the certificate'): CertificateExpiry {
  const [certificate] = parseCertificates(pem, path);
  const notAfter = new Date(certificate.validTo);
  return { notBefore: new Date(certificate.validFrom), notAfter, daysLeft: daysUntil(notAfter, now) };
}

/** Checks each file; a missing or damaged one is a result, not an error. `soon` means less than `soonDays`. */
export function checkExpiry(files: readonly CheckedFile[], now = new Date()): Promise<ExpiryCheck[]> {
  return Promise.all(files.map(async (file) => ({ ...file, ...(await checkFile(file.path, now)) })));
}

async function checkFile(path: string, now: Date): Promise<Pick<ExpiryCheck, 'state' | 'daysLeft'>> {
  try {
    const pem = await readIfExists(path);
    if (pem === undefined) return { state: 'missing' };
    const { notAfter, daysLeft } = certificateExpiry(pem, now, path);
    if (notAfter < now) return { state: 'expired', daysLeft };
    return { state: daysLeft < soonDays ? 'soon' : 'ok', daysLeft };
  } catch (error) {
    if (TsmachineError.is(error)) return { state: 'unreadable' };
    throw error;
  }
}
