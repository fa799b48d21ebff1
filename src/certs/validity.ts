import type { X509Certificate } from 'node:crypto';

const day = 86_400_000;

/** Days before the end from which a certificate counts as expiring soon. */
export const soonDays = 30;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Ten years. */
export function authorityValidity(now: Date): Validity {
  return { notBefore: backdated(now), notAfter: new Date(backdated(now).getTime() + 3653 * day) };
}

/** 825 days, the most that Apple's TLS stacks accept, but never longer than the CA that signs. */
export function leafValidity(now: Date, issuer: X509Certificate): Validity {
  const end = Math.min(backdated(now).getTime() + 825 * day, Date.parse(issuer.validTo));
  return { notBefore: backdated(now), notAfter: new Date(end) };
}

/** Whole days until `notAfter`; negative once it has passed. */
export function daysUntil(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / day);
}

/** One day back: a host whose clock is behind must not find the certificate not yet valid (docker/machine#4046). */
function backdated(now: Date): Date {
  return new Date(Math.floor((now.getTime() - day) / 1000) * 1000);
}
