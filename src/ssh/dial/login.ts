import type { AnyAuthMethod, Client, NextAuthHandler } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';

import { dialFailure, dropped, handshakeFailure, loginFailure, notSsh, noAnswer } from './failures.js';
import type { HostTrust } from '../trust/host-trust.js';
import type { Identity } from '../keys/identities.js';
import { loadSsh2 } from './ssh2.js';
import { Link } from './link.js';
import { at } from './place.js';
import type { Hop } from './route.js';
import { openTransport, type Transport } from './transport.js';

export interface LoginAttempt {
  readonly hop: Hop;
  readonly before: Link | undefined;
  readonly trust: HostTrust;
  readonly identities: readonly Identity[];
  /** Limits the time from the first packet to the login; stopped while a person is asked. */
  readonly clock: Clock;
  /** Milliseconds for the TCP connection alone; set while a host boots. */
  readonly connectTimeout?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** A time limit that can be paused. */
export class Clock {
  #timer: NodeJS.Timeout | undefined;
  #left: number;
  #since = 0;
  #expired: (() => void) | undefined;

  constructor(milliseconds: number) {
    this.#left = milliseconds;
  }

  run(expired: () => void): void {
    this.#expired = expired;
    this.#since = performance.now();
    this.#timer = setTimeout(expired, this.#left);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#expired = undefined;
  }

  async pausedWhile<T>(use: () => Promise<T>): Promise<T> {
    const expired = this.#expired;
    clearTimeout(this.#timer);
    this.#left -= performance.now() - this.#since;
    try {
      return await use();
    } finally {
      if (expired !== undefined && this.#expired === expired) this.run(expired);
    }
  }
}

/** Characters of a server's text for people that are kept. */
const bannerLimit = 1000;

/** Bytes that are kept of what a server sends first: its greeting and the lists of its algorithms. */
const greetingLimit = 8192;

type Stage = 'connecting' | 'waiting for the SSH server' | 'logging in';

/**
 * Makes one attempt to log in on one host.
 * @throws TsmachineError SSH_*, each cause its own code; the signal's reason when aborted.
 */
export async function logIn(request: LoginAttempt): Promise<Link> {
  const { hop, signal } = request;
  signal.throwIfAborted();
  const ssh2 = await loadSsh2();
  const expiry = new AbortController();
  let stage: Stage = 'connecting';
  const expire = (): void => {
    expiry.abort(noAnswer(hop, stage === 'connecting' ? 'does not answer' : `answers, but went silent while ${stage}`));
  };
  request.clock.run(expire);
  const early = request.connectTimeout === undefined ? undefined : setTimeout(expire, request.connectTimeout);
  const limit = AbortSignal.any([signal, expiry.signal]);
  let transport: Transport | undefined;
  try {
    transport = await openTransport(hop, request.before, request.env, limit);
    clearTimeout(early);
    stage = 'waiting for the SSH server';
    return await authenticate(new ssh2.Client(), transport, { ...request, signal: limit }, () => {
      stage = 'logging in';
    });
  } catch (error) {
    transport?.release();
    throw error;
  } finally {
    clearTimeout(early);
    request.clock.stop();
  }
}

function authenticate(client: Client, transport: Transport, request: LoginAttempt, onHandshake: () => void): Promise<Link> {
  const { hop, trust, signal } = request;
  const offer = new Offer(hop.user, request.identities);
  let received = '';
  let banner = '';
  let sawHandshake = false;
  let refused: TsmachineError | undefined;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      fail(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      reject(error);
      client.destroy();
    };
    const listen = (data: Buffer): void => {
      if (received.length < greetingLimit) received += data.toString('latin1');
    };
    const explain = async (error: Error & { level?: string }): Promise<Error> => {
      if (refused !== undefined) return refused;
      if (TsmachineError.is(error)) return error;
      const isRefusal = error.level === 'client-authentication';
      // a server that gives its reason does it with a number (RFC 4253 11.1)
      const isSilent = !isRefusal && !('code' in error && typeof error.code === 'number');
      if (sawHandshake)
        return loginFailure(hop, { ...offer.outcome(hop.keyPath, isRefusal ? '' : error.message), banner: isSilent ? banner : '' }, error);
      return beforeHandshake(hop, error, received, await transport.complaint());
    };
    const failExplained = (error: Error): void => {
      explain(error).then(fail, fail);
    };
    client.on('error', (error: Error & { level?: string }) => {
      // the agent did not sign: ssh2 goes on with the next key by itself; only an unanswered passphrase question ends the attempt
      if (error.level === 'agent' && !TsmachineError.is(error)) return;
      failExplained(error);
    });
    client.on('close', () => {
      failExplained(new Error(sawHandshake ? 'the server closed the connection' : 'Connection lost before handshake'));
    });
    // PAM says why it refuses an account only in a banner, after which the server closes the connection
    client.on('banner', (text) => {
      banner = text.slice(0, bannerLimit);
    });
    client.once('handshake', () => {
      sawHandshake = true;
      onHandshake();
    });
    client.once('ready', () => {
      signal.removeEventListener('abort', stop);
      client.removeAllListeners();
      transport.stream.off('data', listen);
      const link = new Link(client, hop, transport.release);
      trust.pin().then(
        () => {
          resolve(link);
        },
        (error: unknown) => {
          client.destroy();
          reject(TsmachineError.from(error));
        },
      );
    });
    signal.addEventListener('abort', stop, { once: true });
    client.connect({
      sock: transport.stream,
      username: hop.user,
      readyTimeout: 0,
      // A host that is gone is noticed after 20 s; shorter interruptions are survived.
      keepaliveInterval: 5000,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: trust.algorithms },
      hostVerifier: (key: Buffer) => (refused = trust.check(key)) === undefined,
      authHandler: (accepts, partial, next) => {
        offer.next(accepts, partial, next);
      },
    });
    // After connect(), which pauses the stream, so that no data is lost. What the other side sent goes into the error message.
    transport.stream.on('data', listen);
    client.setNoDelay(true);
    if (signal.aborted) stop();
  });
}

/** Offers the keys one after the other and records which were tried and what the server accepts. */
class Offer {
  readonly #queue: Identity[];
  readonly #tried: string[] = [];
  readonly #user: string;
  #accepts: readonly string[] = [];
  #partial = false;

  constructor(user: string, identities: readonly Identity[]) {
    this.#user = user;
    this.#queue = [...identities];
  }

  next(accepts: readonly string[] | null, partial: boolean | null, next: NextAuthHandler): void {
    if (accepts !== null) this.#accepts = accepts;
    if (partial === true) this.#partial = true;
    const takesKeys = accepts === null || accepts.includes('publickey');
    const identity = takesKeys ? this.#queue.shift() : undefined;
    if (identity !== undefined) {
      this.#tried.push(identity.label);
      next(identity.method);
    } else if (accepts === null) {
      // nothing to offer: some servers let everybody in, and the others answer with what they accept
      next({ type: 'none', username: this.#user });
    } else {
      (next as (method: AnyAuthMethod | false) => void)(false);
    }
  }

  outcome(keyPath: string | undefined, received: string): Omit<Parameters<typeof loginFailure>[1], 'banner'> {
    return { tried: this.#tried, accepts: this.#accepts, partial: this.#partial, said: received, keyPath };
  }
}

function beforeHandshake(hop: Hop, error: Error, received: string, complaint: string): TsmachineError {
  if (complaint !== '' && received === '') {
    return new TsmachineError(
      'SSH_UNREACHABLE',
      `${at(hop)} cannot be reached: its ProxyCommand reports: ${complaint.split('\n').at(-1) ?? ''}`,
      { hint: 'See ProxyCommand in ~/.ssh/config.', cause: error },
    );
  }
  const text = errorText(error);
  if (!received.startsWith('SSH-') && !/\nSSH-/.test(received)) {
    return /identification|header|greeting|packet|length/i.test(text) && received !== ''
      ? notSsh(hop, received, error)
      : dropped(hop, received, error);
  }
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return dialFailure(hop, error);
  // cloud-init restarts a guest's server on its first boot
  if (/^connection lost before handshake$/i.test(text)) return dropped(hop, '', error);
  return handshakeFailure(hop, error, received);
}
