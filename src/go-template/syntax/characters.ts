/** Whether Go's lexer treats the character as a space inside an action. */
export function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

/** Whether names may contain the character. */
export function isAlphanumeric(char: string): boolean {
  return /^[\p{L}\p{Nd}_]$/u.test(char);
}

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII blank. */
export function isPrint(char: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char);
}

/** The character that begins at `offset`, both halves of a pair; empty at the end. */
export function charAt(text: string, offset: number): string {
  const point = text.codePointAt(offset);
  return point === undefined ? '' : String.fromCodePoint(point);
}

/** `U+0025 '%'`, Go's %#U; the end of the text is -1. */
export function unicodeName(char: string): string {
  const point = char.codePointAt(0);
  if (point === undefined) return 'U+FFFFFFFFFFFFFFFF';
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrint(char) ? `${name} '${char}'` : name;
}

/** Orders texts as Go does: by their UTF-8 bytes, which is by code points. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
