import { TsmachineError } from '../../base/errors.js';

/** An engine and what is needed to talk to it. */
export interface EngineTarget {
  /** `tcp://host:port` (mutual TLS) or `unix:///path`. */
  readonly url: string;
  /** PEM texts; unused with `unix://`. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** The machine's name, for messages. */
  readonly machine: string;
}

export type EngineAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly text: string }
  | { readonly kind: 'unix'; readonly path: string; readonly text: string };

/** Docker's port for TLS. */
const defaultPort = 2376;

/**
 * Where an engine's URL points. An IPv6 address has brackets in the URL and in `text`, but not in `host`.
 * @throws TsmachineError FLAG_INVALID for a malformed URL, MACHINE_STATE for an empty one.
 */
export function engineAddress(target: Pick<EngineTarget, 'url' | 'machine'>): EngineAddress {
  const { url, machine } = target;
  if (url === '') throw new TsmachineError('MACHINE_STATE', `Docker Host URL not set: machine "${machine}" has no address`);
  if (url.startsWith('unix://')) {
    const path = url.slice('unix://'.length);
    if (!path.startsWith('/')) throw malformed(target);
    return { kind: 'unix', path, text: url };
  }
  const found = /^(?:tcp|https):\/\/(\[[0-9a-fA-F:.]+(?:%[^\]]+)?\]|[^:/[\]\s@]+)(?::(\d{1,5}))?\/?$/.exec(url);
  const port = Number(found?.[2] ?? defaultPort);
  const bracketed = found?.[1];
  if (bracketed === undefined || port < 1 || port > 65_535) throw malformed(target);
  return { kind: 'tcp', host: bracketed.replace(/^\[|\]$/g, ''), port, text: `${bracketed}:${port}` };
}

function malformed({ url, machine }: Pick<EngineTarget, 'url' | 'machine'>): TsmachineError {
  return new TsmachineError('FLAG_INVALID', `The engine URL of "${machine}" is malformed: "${url}"`, {
    hint: 'It has the form tcp://HOST:PORT (IPv6: tcp://[ADDRESS]:PORT) or unix:///PATH.',
  });
}
