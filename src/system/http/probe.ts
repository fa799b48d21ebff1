import { connect } from 'node:net';

import { systemCode } from '../../base/errors.js';

/**
 * Checks whether something accepts connections on a TCP port.
 * @param timeout in milliseconds
 * @returns `open`, `no answer within ...`, or the system's reason (`ECONNREFUSED`)
 */
export function probePort(host: string, port: number, { timeout, signal }: { timeout: number; signal: AbortSignal }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout, signal });
    socket.once('connect', () => {
      end('open');
    });
    socket.once('timeout', () => {
      end(`no answer within ${timeout / 1000} s`);
    });
    socket.once('error', (error) => {
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : error);
      else end(systemCode(error) ?? error.message);
    });
    function end(outcome: string): void {
      socket.destroy();
      resolve(outcome);
    }
  });
}
