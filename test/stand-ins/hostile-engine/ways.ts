import type { IncomingMessage, ServerResponse } from 'node:http';

/** Something that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How a request is answered wrongly. `polite` is what a good engine would answer. */
export type Way = (request: IncomingMessage, response: ServerResponse, polite: Json) => void;

/** Sets the title, rings, clears the screen (as ESC and as C1), returns the carriage and reverses the text. */
export const evil = '\u001b]0;owned\u0007\u001b[2J\u009b2J\r\u202e';

const page = '<html><body><h1>It works!</h1></body></html>';

const send = (status: number, body: string | Buffer, headers: Record<string, string> = {}): Way => {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
  };
};

const raw = (text: string, then?: (request: IncomingMessage) => void): Way => {
  return (request) => {
    request.socket.write(text);
    then?.(request);
  };
};

const hangUp = (request: IncomingMessage) => {
  request.socket.end();
};

/** Goes on for as long as the other side listens; `pause` in milliseconds. */
function repeat(request: IncomingMessage, write: () => void, pause: number): void {
  const timer = setInterval(write, pause);
  request.socket.once('close', () => {
    clearInterval(timer);
  });
}

const forEver =
  (chunk: string): Way =>
  (_request, response) => {
    const more = () => {
      if (!response.destroyed) response.write(chunk, more);
    };
    more();
  };

/** The polite answer with every value below its top changed. */
const changed =
  (change: (value: Json) => Json | undefined): Way =>
  (_request, response, polite) => {
    response.end(JSON.stringify(deeply(polite, change)));
  };

function deeply(value: Json, change: (value: Json) => Json | undefined): Json {
  const inner = change(value);
  if (inner !== undefined) return inner;
  if (Array.isArray(value)) return value.map((one: Json) => deeply(one, change));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deeply(one, change)]));
  return value;
}

let asked = 0;

export const waysOfHttp: Readonly<Record<string, Way>> = {
  'switches protocols': raw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'),
  'closes without an answer': (request) => {
    request.socket.destroy();
  },
  'ends in its head': raw('HTTP/1.1 200 OK\r\nContent-', hangUp),
  'ends in its body': raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Version":', hangUp),
  'ends in a chunk': raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"Ver', hangUp),
  'is silent': () => undefined,
  'is silent after its head': (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
  },
  'sends its head byte by byte': (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nX: ');
    repeat(request, () => request.socket.write('x'), 1000);
  },
  'sends its body byte by byte': (request, response) => {
    repeat(request, () => response.write(' '), 1000);
  },
  'says 102 for ever': (request) => {
    repeat(request, () => request.socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 100);
  },
  'has endless headers': (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\n');
    repeat(request, () => request.socket.write(`X-More: ${'x'.repeat(1000)}\r\n`), 1);
  },
  'has an endless body': forEver(' '.repeat(2 ** 20)),
  'has an endless list': forEver(`[${'{},'.repeat(300_000)}`),
  'sends events for ever': (request, response) => {
    repeat(request, () => response.write('{"status":"x"}\r\n'), 100);
  },
  'sends less than it says': (_request, response) => {
    response.writeHead(200, { 'Content-Length': '1000' }).write('{}');
  },
  'is no HTTP': raw(`${'\u0000\u0001garbage\r\n'.repeat(10)}`, hangUp),
  'claims gzip': send(200, '{}', { 'Content-Encoding': 'gzip' }),
  'nests without end': send(200, '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000)),
  'answers nothing': send(200, ''),
  'answers 204': (_request, response) => {
    response.writeHead(204).end();
  },
  'answers a page': send(200, page, { 'Content-Type': 'text/html' }),
  'answers half JSON': send(200, '{"Version": "28'),
  'answers null': send(200, 'null'),
  'answers a list': send(200, '[]'),
  'answers a list of nulls': send(200, '[null, null]'),
  'answers an empty object': send(200, '{}'),
  'answers a text': send(200, '"OK"'),
  'answers a number': send(200, '42'),
  'answers bytes that are no UTF-8': send(200, Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d])),
  'answers __proto__': send(200, '{"__proto__": {"Version": "1"}, "constructor": null}'),
  'answers an error with status 200': send(200, '{"message": "no"}'),
  'redirects elsewhere': send(301, page, { Location: 'https://192.0.2.1/' }),
  'redirects to itself': send(302, page, { Location: '/' }),
  ...Object.fromEntries([400, 401, 403, 404, 409, 418, 500, 503].map((status) => [`answers ${status} with a page`, send(status, page)])),
  'answers 500 with control characters': send(500, JSON.stringify({ message: `no ${evil}\nFixed: all is well` })),
  'answers 500 with endless words': send(500, JSON.stringify({ message: 'no '.repeat(1_000_000) })),
  'answers 500 with a list': send(500, '[1]'),
  'has control characters everywhere': changed((value) => (typeof value === 'string' ? evil + value : undefined)),
  'has texts for objects': changed((value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? 'x' : undefined)),
  'has objects for texts': changed((value) => (typeof value === 'string' ? {} : undefined)),
  'has numbers for texts': changed((value) => (typeof value === 'string' ? 7 : undefined)),
  'has texts for numbers': changed((value) => (typeof value === 'number' ? 'x' : undefined)),
  'has nulls for texts': changed((value) => (typeof value === 'string' ? null : undefined)),
  'has other ids each time': changed((value) => (value === 'n1' || value === 'c1' ? `${value}${(asked += 1)}` : undefined)),
  'has paths for ids': changed((value) => (value === 'n1' || value === 'c1' ? '../../containers' : undefined)),
};

/** Ways that leave the answers to `/version` and `/_ping` as they are. */
export const waysOfSwarms: readonly string[] = ['has texts for numbers', 'has other ids each time', 'has paths for ids'];

/** Ways of `/version` alone. */
export const waysOfVersion: Readonly<Record<string, Json>> = {
  'is too old': { Version: '1.9.1', ApiVersion: '1.21' },
  'is too new': { Version: '99.0', ApiVersion: '9.9', MinAPIVersion: '9.0' },
  'has a version without numbers': { Version: '28.5.2', ApiVersion: 'latest' },
  'has a version with control characters': { Version: evil, ApiVersion: '1.47', MinAPIVersion: '1.24' },
};
