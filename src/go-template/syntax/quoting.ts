import { charAt, isPrint } from './characters.js';

const named: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const letters: ReadonlyMap<number, string> = new Map(Object.entries(named).map(([letter, code]) => [code, letter]));

const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/y;

/** The value of a Go string literal, given with its quotes; undefined when its syntax is wrong. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0] ?? '';
  const body = literal.slice(1, -1);
  if (quote === '`') return body.replaceAll('\r', '');
  const bytes: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const char = charAt(body, at);
    if (char === '\n' || char === quote) return undefined;
    if (char !== '\\') {
      bytes.push(Buffer.from(char));
      at += char.length;
      continue;
    }
    const unescaped = unescape(body, at, quote);
    if (unescaped === undefined) return undefined;
    bytes.push(unescaped.bytes);
    at = unescaped.end;
  }
  return Buffer.concat(bytes).toString();
}

/** The code of a Go character literal, given with its quotes; undefined when its syntax is wrong, null when it has several characters. */
export function unquoteChar(literal: string): number | null | undefined {
  const body = literal.slice(1, -1);
  if (body === '' || body === '\n') return undefined;
  if (!body.startsWith('\\')) {
    const char = charAt(body, 0);
    return char === body ? char.codePointAt(0) : null;
  }
  const unescaped = unescape(body, 0, "'");
  if (unescaped === undefined) return undefined;
  return unescaped.end === body.length ? unescaped.code : null;
}

function unescape(body: string, at: number, quote: string): { bytes: Buffer; code: number; end: number } | undefined {
  escape.lastIndex = at;
  const match = escape.exec(body);
  if (match === null) return undefined;
  const [, hex, short, long, octal, letter] = match;
  const end = at + match[0].length;
  const byte = hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal, 8) : undefined;
  if (byte !== undefined) return byte > 255 ? undefined : { bytes: Buffer.from([byte]), code: byte, end };
  if (letter !== undefined) {
    if ((letter === '"' || letter === "'") && letter !== quote) return undefined;
    const code = named[letter] ?? letter.charCodeAt(0);
    return { bytes: Buffer.from([code]), code, end };
  }
  const code = parseInt(short ?? long ?? '', 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(code)), code, end };
}

/** Go's strconv.Quote; with `ascii`, other characters are escaped. */
export function quote(text: string, { ascii = false, mark = '"' } = {}): string {
  return mark + Array.from(text, (char) => escaped(char, ascii, mark)).join('') + mark;
}

function escaped(char: string, ascii: boolean, mark: string): string {
  if (char === mark || char === '\\') return `\\${char}`;
  const code = char.codePointAt(0) ?? 0;
  if (isPrint(char) && (code < 0x80 || !ascii)) return char;
  const letter = letters.get(code);
  if (letter !== undefined) return `\\${letter}`;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** Whether a Go raw string can contain the text. */
export function canBackquote(text: string): boolean {
  return !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]/.test(text);
}
