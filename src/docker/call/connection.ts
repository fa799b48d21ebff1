import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

import { errorText, TsmachineError } from '../../base/errors.js';
import { run } from '../../base/text.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';

/** A connection to an engine; its sockets are kept open and reused. */
export interface Connection {
  readonly target: EngineTarget;
  readonly agent: HttpAgent | HttpsAgent;
  /** Milliseconds for connecting and the TLS handshake together. */
  readonly connectTimeout: number;
}

/** @throws TsmachineError FLAG_INVALID for a malformed URL, CERT_UNREADABLE for certificates that OpenSSL does not accept. */
export function openConnection(target: EngineTarget, connectTimeout: number): Connection {
  const options = { keepAlive: true, maxSockets: 16 };
  if (engineAddress(target).kind === 'unix') return { target, connectTimeout, agent: new HttpAgent(options) };
  // said here, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would otherwise turn verification off
  const tls = { secureContext: secureContext(target), rejectUnauthorized: true };
  return { target, connectTimeout, agent: new HttpsAgent({ ...options, ...tls }) };
}

/**
 * The machines of a store share a client certificate, and parsing a key takes a millisecond: without this cache, `ls` of a thousand
 * machines would take a second longer.
 */
const known = new Map<string, SecureContext>();
const mostKnown = 8;

/** Our side of mutual TLS; engines use TLS 1.2 and 1.3. */
export function secureContext({ ca, cert, key, machine }: EngineTarget, maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3'): SecureContext {
  const which = [ca, cert, key, maxVersion].join('\0');
  const found = known.get(which);
  if (found) return found;
  try {
    const made = createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2', maxVersion });
    if (known.size >= mostKnown) known.clear();
    known.set(which, made);
    return made;
  } catch (error) {
    throw new TsmachineError('CERT_UNREADABLE', `The client's certificates for "${machine}" cannot be used: ${errorText(error)}`, {
      hint: run('regenerate-certs', '--client-certs', machine),
      cause: error,
    });
  }
}
