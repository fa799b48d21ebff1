import { isIP } from 'node:net';
import { connect } from 'node:tls';

import { secureContext } from './connection.js';
import { Silence } from './silence.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';

/** Tries a TLS 1.2 handshake and returns what ended it; undefined when it succeeds, or for an engine without TLS. */
export function refusalOf(target: EngineTarget, timeout: number, signal?: AbortSignal): Promise<Error | undefined> {
  const at = engineAddress(target);
  if (at.kind === 'unix') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = connect({
      host: at.host,
      port: at.port,
      secureContext: secureContext(target, 'TLSv1.2'),
      rejectUnauthorized: true,
      ...serverName(at.host),
    });
    const end = (outcome?: Error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      resolve(outcome);
    };
    const abort = () => {
      end();
    };
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => {
      end(new Silence(timeout));
    }, timeout);
    socket.once('secureConnect', () => {
      end();
    });
    socket.on('error', end);
  });
}

/** The server name extension must not contain an address (RFC 6066). */
function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
