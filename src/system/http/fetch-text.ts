import { TsmachineError, errorText } from '../../base/errors.js';
import { get, shown } from './http-get.js';

export interface FetchTextOptions {
  readonly signal?: AbortSignal;
  /** Sent to that server only, in the form that GitHub expects. */
  readonly token?: string;
}

/** Milliseconds without data until the request fails. */
const idleTimeout = 20_000;
/** Milliseconds for the whole document. */
const totalTimeout = 120_000;
/** The most bytes that are read. */
const longest = 16 * 2 ** 20;

/**
 * The text of a small document on a web server, through the proxy that the environment names.
 * @throws TsmachineError DOWNLOAD; the signal's reason
 */
export async function fetchText(url: string, { signal, token }: FetchTextOptions = {}): Promise<string> {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol))
    throw new TsmachineError('DOWNLOAD', `"${url}" is not an address that can be fetched`);
  const login = token === undefined ? {} : { authorization: `token ${token}` };
  const response = await get(address, {
    signal,
    idleTimeout,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'tsmachine', ...login },
  });
  const late = setTimeout(() => response.destroy(new Error(`no complete answer within ${totalTimeout / 1000} s`)), totalTimeout);
  try {
    const { statusCode = 0, statusMessage = '' } = response;
    if (statusCode !== 200) throw failed(address, `HTTP ${statusCode} ${statusMessage}`.trim(), statusHint(statusCode));
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      size += chunk.length;
      if (size > longest) throw failed(address, `it is longer than ${longest / 2 ** 20} MiB`, 'Check the address');
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    signal?.throwIfAborted();
    throw TsmachineError.is(error) ? error : failed(address, errorText(error), 'Run the command again', error);
  } finally {
    clearTimeout(late);
    response.destroy();
  }
}

function statusHint(status: number): string {
  return status >= 500 || status === 429 ? 'That server is busy or broken: try again later' : 'Check the address';
}

function failed(url: URL, why: string, hint: string, cause?: unknown): TsmachineError {
  return new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: ${why}`, { hint, cause });
}
