import type { X509Certificate } from 'node:crypto';

const day = 86_400_000;

/** How long a new CA is valid, in days: ten years. */
const authorityDays = 3653;

/** How long a new server or client certificate is valid, in days: the most that Apple's TLS libraries accept. */
const leafDays = 825;

/** A certificate that is valid for fewer days than this counts as expiring soon. */
export const soonDays = 30;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The validity of a new CA certificate. */
export function authorityValidity(now: Date): Validity {
  return { notBefore: backdated(now), notAfter: new Date(backdated(now).getTime() + authorityDays * day) };
}

/** The validity of a new server or client certificate: never longer than that of the CA that signs it. */
export function leafValidity(now: Date, issuer: X509Certificate): Validity {
  const end = Math.min(backdated(now).getTime() + leafDays * day, Date.parse(issuer.validTo));
  return { notBefore: backdated(now), notAfter: new Date(end) };
}

/** Whole days until `notAfter`; negative once it has passed. */
export function daysUntil(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / day);
}

/** One day earlier, so that the certificate is valid on a host whose clock is behind (docker/machine#4046). */
function backdated(now: Date): Date {
  return new Date(Math.floor((now.getTime() - day) / 1000) * 1000);
}
