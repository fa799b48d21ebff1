import { fingerprint } from '../../../src/driver/kit/cloud/call/connections.js';

/** Which project, and as whom it is asked. */
export interface Place {
  readonly project: string;
  /** Another endpoint of Compute Engine, such as a private one; empty for Google's own. */
  readonly endpoint: string;
  /** How often a call that failed is repeated; 0 for never. */
  readonly retries: number;
  /** A service account that these credentials act as; empty for none. */
  readonly impersonated: string;
  /** Credentials that somebody gave; without them, those that Google's programs find. */
  readonly credentials?: object;
}

/** A fingerprint of credentials and project: the calls of one share a bound. */
export function accountOf({ project, endpoint, impersonated, credentials }: Place): string {
  return fingerprint([project, endpoint, impersonated, JSON.stringify(credentials ?? {})]);
}

/** For people. Pure. */
export function hostOf({ endpoint }: Place): string {
  return endpoint === '' ? 'compute.googleapis.com' : new URL(withScheme(endpoint)).host;
}

function withScheme(endpoint: string): string {
  return /^\w+:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
}

interface Address {
  readonly servicePath: string;
  readonly port: number;
  readonly protocol: string;
}

/** As the SDK takes it; nothing for Google's own endpoint. Pure. */
export function addressOf({ endpoint }: Place): Partial<Address> {
  if (endpoint === '') return {};
  const { protocol, hostname, port } = new URL(withScheme(endpoint));
  return { servicePath: hostname, protocol: protocol.slice(0, -1), port: Number(port) || (protocol === 'http:' ? 80 : 443) };
}
