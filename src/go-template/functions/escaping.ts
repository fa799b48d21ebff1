import { isPrint } from '../syntax/characters.js';

const html: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' };

/** Go's html: safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (char) => html[char] ?? char);
}

/** Go's js: safe in a quoted string of JavaScript. */
export function escapeJs(text: string): string {
  return Array.from(text, (char) => {
    if (/[\\'"]/.test(char)) return `\\${char}`;
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0x20 && !/[<>&=]/.test(char) && (code < 0x80 || isPrint(char))) return char;
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }).join('');
}

/** Go's urlquery: escapes a part of a URL's query, spaces as plus signs. */
export function escapeQuery(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (/[A-Za-z0-9_.~-]/.test(char)) return char;
      return char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
