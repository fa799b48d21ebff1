import { TLSSocket } from 'node:tls';

import { TsmachineError } from '../base/errors.js';
import { expectSuccess, readText } from './call/answer.js';
import { openConnection } from './call/connection.js';
import { send } from './call/send.js';
import { engineAddress } from './call/target.js';
import type { EngineTarget } from './call/target.js';
import { notAnEngine } from './version.js';

export type { EngineTarget } from './call/target.js';

export interface HandshakeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for connecting and the TLS handshake, and again for the first answer; default 10 000. */
  readonly timeout?: number | undefined;
}

/** The certificate that the engine serves. */
export interface ServedCertificate {
  /** Upper-case hexadecimal with colons, as X509Certificate.fingerprint256. */
  readonly fingerprint256: string;
  readonly notAfter: Date;
  readonly pem: string;
}

/**
 * Checks that the engine trusts us, that we trust it, and that it is one: mutual TLS and the answer to a ping, because a TLS 1.3
 * server refuses a client's certificate only after the handshake.
 * @throws TsmachineError ENGINE_UNREACHABLE, ENGINE_TLS, CERT_UNREADABLE, ENGINE_API for an answer that is not an engine's,
 * FLAG_INVALID for the URL; the signal's reason when aborted.
 */
export async function handshake(target: EngineTarget, options: HandshakeOptions = {}): Promise<ServedCertificate> {
  const { timeout = 10_000, signal } = options;
  if (engineAddress(target).kind === 'unix') {
    throw new TsmachineError('ENGINE_TLS', `The engine of "${target.machine}" is reached at ${target.url}, where there is no TLS`);
  }
  const connection = openConnection(target, timeout);
  try {
    const asked = { target, operation: 'TLS handshake', signal };
    const limits = { idleTimeout: timeout, totalTimeout: timeout };
    const response = await send(connection, { method: 'GET', path: '/_ping', signal, ...limits, operation: asked.operation });
    const { socket } = response;
    if (!(socket instanceof TLSSocket)) throw new TypeError('TLS connection without a TLS socket');
    const served = socket.getPeerX509Certificate();
    if (served === undefined) throw new TypeError('verified connection without a certificate');
    await expectSuccess(response, asked);
    if ((await readText(response, asked)).trim() !== 'OK') throw notAnEngine(target.machine);
    return { fingerprint256: served.fingerprint256, notAfter: new Date(served.validTo), pem: served.toString() };
  } finally {
    connection.agent.destroy();
  }
}
