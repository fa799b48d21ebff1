import { spawn } from 'node:child_process';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { TsmachineError, errorText } from '../../base/errors.js';

import { dialFailure } from './failures.js';
import type { Link } from './link.js';
import { address, at } from './place.js';
import type { Hop } from './route.js';
import { sshTimeouts } from '../timeouts.js';

/** Milliseconds in which a proxy program that closed its output may still write why to standard error. */
const complaintDelay = 500;

/** The byte stream a login runs over. */
export interface Transport {
  readonly stream: Duplex;
  /** What a proxy program has written to its standard error, for the error message. */
  readonly complaint: () => Promise<string>;
  /** Closes the stream and ends the program behind it. */
  readonly release: () => void;
}

/**
 * Opens the stream to a hop: through the hop before it, through the user's ProxyCommand, or by TCP.
 * @throws TsmachineError SSH_DNS, SSH_REFUSED, SSH_TIMEOUT, SSH_UNREACHABLE, SSH_PROTOCOL.
 */
export async function openTransport(hop: Hop, before: Link | undefined, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Transport> {
  if (before !== undefined) return plain(await throughJump(hop, before));
  if (hop.proxyCommand !== undefined) return throughProgram(hop.proxyCommand, env);
  return plain(await throughTcp(hop, signal));
}

/** Combines the packets of one turn of the event loop into one write: ssh2 writes each packet separately. */
function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket);
  const gathered = (...words: Parameters<typeof write>): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => {
        socket.uncork();
      });
    }
    return write(...words);
  };
  socket.write = gathered as Socket['write'];
}

function plain(stream: Duplex): Transport {
  return {
    stream,
    complaint: () => Promise.resolve(''),
    release: () => {
      stream.destroy();
    },
  };
}

function throughTcp(hop: Hop, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const { addressFamily: family, bindAddress: localAddress } = hop.settings ?? {};
    const socket = connectTcp({
      host: hop.host,
      port: hop.port,
      noDelay: true,
      autoSelectFamilyAttemptTimeout: sshTimeouts.eachAddress,
      ...(family === undefined ? {} : { family }),
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    gatherWrites(socket);
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      reject(dialFailure(hop, error));
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function throughJump(hop: Hop, before: Link): Promise<Duplex> {
  return before.guard<Duplex>(`reaching ${address(hop)} through it`, (resolve, reject) => {
    before.client.forwardOut('127.0.0.1', 0, hop.host, hop.port, (error, channel) => {
      if (error) reject(forwardFailure(hop, before, error));
      else resolve(channel);
    });
  });
}

/** The jump host could not open the connection; its message says why (RFC 4254 5.1: reason 1 is "administratively prohibited"). */
function forwardFailure(hop: Hop, before: Link, error: Error & { reason?: unknown }): TsmachineError {
  const words = errorText(error).replace(/^\(SSH\) Channel open failure: /, '');
  const through = `${at(hop)}, through jump host ${address(before.place)}`;
  const details = {
    hint: `Try it from the jump host: ssh -p ${before.place.port} ${before.place.user}@${before.place.host} nc -vz ${hop.host} ${hop.port}`,
    cause: error,
  };
  if (error.reason === 1) {
    return new TsmachineError('SSH_PROTOCOL', `${through}: the jump host does not forward connections: ${words}`, {
      hint: 'Set "AllowTcpForwarding yes" in its sshd_config.',
      cause: error,
    });
  }
  if (/refused/i.test(words)) return new TsmachineError('SSH_REFUSED', `${through}, refuses SSH connections`, details);
  if (/timed out/i.test(words)) return new TsmachineError('SSH_TIMEOUT', `${through}, does not answer`, details);
  if (/not known|resolv|name or service/i.test(words))
    return new TsmachineError('SSH_DNS', `${through}: the jump host knows no host named ${hop.host}`, details);
  return new TsmachineError('SSH_UNREACHABLE', `${through}, cannot be reached: ${words}`, details);
}

function throughProgram(command: string, env: NodeJS.ProcessEnv): Transport {
  const child =
    process.platform === 'win32'
      ? spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'pipe'], env, windowsHide: true })
      : spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-500);
  });
  child.on('error', (error) => {
    complaint = error.message;
  });
  // an error message may arrive after the end of its output
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  return {
    stream,
    async complaint() {
      await Promise.race([ended, pause(complaintDelay, undefined, { ref: false })]);
      return complaint.trim();
    },
    release: () => {
      child.kill();
    },
  };
}
