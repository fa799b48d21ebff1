import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import tls from 'node:tls';

import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { reporting } from '../calls.js';
import { proxyFor, proxyLogin } from './proxy.js';

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without data after which the connection counts as dead. */
  readonly idleTimeout: number;
  readonly env?: NodeJS.ProcessEnv;
  /** What comes is compared with a digest, so it may come over plain http. */
  readonly verified?: boolean;
}

const maxRedirects = 10;

/**
 * Sends a GET, through the proxy that the environment names, and follows redirects. Node 20's `fetch` does not support proxies.
 * Plain http is for what is verified afterwards, and for servers of this computer: anybody on the way could put something else in its
 * place.
 * @returns the response with its body unread; its status is never a redirect.
 * @throws TsmachineError DOWNLOAD when no response came; the signal's reason.
 */
export async function get(url: URL, options: GetOptions): Promise<http.IncomingMessage> {
  let current = url;
  let terms = options;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    if (terms.verified !== true && !isPrivate(current)) throw plainHttp(current, url);
    const response = await getOnce(current, terms);
    const next = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) ? response.headers.location : undefined;
    if (next === undefined) return response;
    response.destroy();
    const target = URL.canParse(next, current.href) ? new URL(next, current) : undefined;
    if (!target || !/^https?:$/.test(target.protocol)) {
      throw new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: it redirects to an address that cannot be fetched`);
    }
    if (target.origin !== current.origin) terms = withoutLogin(terms);
    current = target;
  }
  throw new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: it was redirected more than ${maxRedirects} times`);
}

function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function plainHttp(at: URL, asked: URL): TsmachineError {
  const why = at === asked ? 'the address is plain http' : `it redirects to plain http (${shown(at)})`;
  return new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(asked)}: ${why}, so anybody on the way could change what comes`, {
    hint: 'Use an https address, or fetch the file yourself, compare it with its published checksum, and name the file instead',
  });
}

/** Credentials are sent only to the server they were given for. */
function withoutLogin({ headers = {}, ...others }: GetOptions): GetOptions {
  const { authorization: _secret, ...rest } = headers;
  return { ...others, headers: rest };
}

function getOnce(url: URL, options: GetOptions): Promise<http.IncomingMessage> {
  return reporting(
    `fetch: ${shown(url)}`,
    () => sendOnce(url, options),
    ({ statusCode }) => `${statusCode ?? 'no status'}`,
  );
}

async function sendOnce(url: URL, options: GetOptions): Promise<http.IncomingMessage> {
  options.signal?.throwIfAborted();
  const proxy = proxyFor(url, options.env ?? process.env);
  try {
    if (url.protocol === 'http:') return await send(requestPlain(url, proxy, options), options.idleTimeout);
    const socket = proxy && (await openTunnel(proxy, url, options));
    return await send(requestSecure(url, socket, options), options.idleTimeout);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (TsmachineError.is(error)) throw error;
    throw new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: ${problem(error, proxy ?? url)}`, {
      hint: proxy
        ? `The request used the proxy ${proxy.host}, as set by HTTPS_PROXY, HTTP_PROXY and NO_PROXY`
        : 'Check the network. Behind a proxy, set HTTPS_PROXY',
      cause: error,
    });
  }
}

/** Said each time, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would otherwise turn verification off. */
const verified = { rejectUnauthorized: true } as const;

function requestPlain(url: URL, proxy: URL | undefined, { headers, signal }: GetOptions): http.ClientRequest {
  if (!proxy) return http.request(url, { headers: { ...headers }, agent: false, ...(signal && { signal }) });
  const { protocol, hostname, port } = proxy;
  const options = {
    hostname: bare(hostname),
    port,
    path: url.href,
    headers: { ...headers, host: url.host, ...proxyLogin(proxy) },
    agent: false as const,
    ...verified,
    ...(signal && { signal }),
  };
  return protocol === 'https:' ? https.request(options) : http.request(options);
}

function requestSecure(url: URL, socket: Socket | undefined, { headers, signal }: GetOptions): http.ClientRequest {
  const options = { headers: { ...headers }, ...verified, ...(signal && { signal }) };
  if (!socket) return https.request(url, { ...options, agent: false });
  // Without an agent, Node assumes port 80 as the default and would add the port to the Host header.
  const createConnection = () => tls.connect({ socket, servername: bare(url.hostname), ...verified });
  return https.request(url, { ...options, defaultPort: 443, createConnection });
}

function openTunnel(proxy: URL, url: URL, { signal, idleTimeout }: GetOptions): Promise<Socket> {
  const target = `${url.hostname}:${url.port || 443}`;
  const request = (proxy.protocol === 'https:' ? https : http).request({
    hostname: bare(proxy.hostname),
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...proxyLogin(proxy) },
    agent: false,
    ...verified,
    ...(signal && { signal }),
  });
  return new Promise((resolve, reject) => {
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy answered ${response.statusCode} ${response.statusMessage}`));
      }
    });
    start(request, idleTimeout, reject);
  });
}

function send(request: http.ClientRequest, idleTimeout: number): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    start(request, idleTimeout, reject);
  });
}

function start(request: http.ClientRequest, idleTimeout: number, reject: (error: Error) => void): void {
  request.on('error', reject);
  request.setTimeout(idleTimeout, () => request.destroy(new Error(`no data for ${idleTimeout / 1000} s`)));
  // a head that comes byte by byte is never idle
  const late = setTimeout(() => request.destroy(new Error(`no answer within ${idleTimeout / 1000} s`)), idleTimeout);
  for (const end of ['response', 'connect', 'close']) {
    request.once(end, () => {
      clearTimeout(late);
    });
  }
  request.end();
}

/** Node expects IPv6 addresses without the URL's brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function problem(error: unknown, contacted: URL): string {
  switch (systemCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${contacted.hostname} cannot be resolved`;
    case 'ECONNREFUSED':
      return `${contacted.host} refused the connection`;
    case 'ECONNRESET':
      return `${contacted.host} closed the connection`;
    default:
      return errorText(error) || systemCode(error) || 'it failed';
  }
}

/** A URL without its possibly secret parts: login and query. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
