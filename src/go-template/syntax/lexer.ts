import { charAt, isAlphanumeric, isSpace, unicodeName } from './characters.js';
import { quote } from './quoting.js';
import { isKeyword, type Token, type TokenType } from './tokens.js';

const blanks = /[ \t\r\n]/;
const number = new RegExp(
  [
    '[+-]?(?:',
    '0[xX][0-9a-fA-F_]*(?:\\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?',
    '|0[oO][0-7_]*(?:\\.[0-7_]*)?',
    '|0[bB][01_]*(?:\\.[01_]*)?',
    '|[0-9_]*(?:\\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?',
    ')i?',
  ].join(''),
  'y',
);
const quoted = /"(?:\\[^\n]|[^\\\n"])*"/y;
const character = /'(?:\\[^\n]|[^\\\n'])*'/y;
const rawString = /`[^`]*`/y;
const signs: Readonly<Record<string, TokenType>> = { '=': 'assign', '|': 'pipe' };

/** A lexer error: it ends the list of tokens, and the rest of the template is ignored. */
class Stop extends Error {}

/** The tokens of a template. The last one is `eof`, or `error` with Go's message. */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  try {
    lexer.run();
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    lexer.emit('error', stop.message);
  }
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #input: string;
  /** The start of the current token, and the position of the next character. */
  #start = 0;
  #at = 0;
  #parens = 0;
  /** Lines are counted as tokens are emitted. */
  #line = 1;
  #counted = 0;

  constructor(input: string) {
    this.#input = input;
  }

  run(): void {
    for (;;) {
      const open = this.#input.indexOf('{{', this.#at);
      const end = open < 0 ? this.#input.length : open;
      this.#text(end);
      if (open < 0) break;
      if (!this.#comment()) this.#action();
    }
    this.emit('eof', '');
  }

  emit(type: TokenType, text = this.#input.slice(this.#start, this.#at)): void {
    this.#line += this.#input.slice(this.#counted, this.#start).split('\n').length - 1;
    this.#counted = this.#start;
    this.tokens.push({ type, text, offset: this.#start, line: this.#line });
    this.#start = this.#at;
  }

  #skip(length: number): void {
    this.#at += length;
    this.#start = this.#at;
  }

  #startsWith(text: string): boolean {
    return this.#input.startsWith(text, this.#at);
  }

  /** Text up to an action; an action that begins with `{{- ` removes the white space before it. */
  #text(end: number): void {
    const trimmed = this.#input.startsWith('{{-', end) && isSpace(this.#input[end + 3]);
    this.#at = end;
    if (trimmed) while (this.#at > this.#start && isSpace(this.#input[this.#at - 1])) this.#at--;
    if (this.#at > this.#start) this.emit('text');
    this.#start = this.#at = end;
  }

  #comment(): boolean {
    const marker = this.#leftMarker();
    if (!this.#input.startsWith('/*', this.#at + 2 + marker)) return false;
    this.#skip(2 + marker);
    const end = this.#input.indexOf('*/', this.#at + 2);
    if (end < 0) throw new Stop('unclosed comment');
    this.#at = end + 2;
    if (!this.#atRightDelimiter()) throw new Stop('comment ends before closing delimiter');
    this.#rightDelimiter();
    return true;
  }

  #leftMarker(): number {
    return this.#input[this.#at + 2] === '-' && isSpace(this.#input[this.#at + 3]) ? 2 : 0;
  }

  #trimsRight(): boolean {
    return isSpace(this.#input[this.#at]) && this.#input.startsWith('-}}', this.#at + 1);
  }

  #atRightDelimiter(): boolean {
    return this.#startsWith('}}') || this.#trimsRight();
  }

  /** Skips the end of an action or a comment and the white space that it trims. */
  #rightDelimiter(token?: 'right-delimiter'): void {
    const trim = this.#trimsRight();
    if (trim) this.#skip(2);
    this.#at += 2;
    if (token) this.emit(token);
    while (trim && isSpace(this.#input[this.#at])) this.#at++;
    this.#start = this.#at;
  }

  #action(): void {
    const marker = this.#leftMarker();
    this.#at += 2;
    this.emit('left-delimiter');
    this.#skip(marker);
    this.#parens = 0;
    while (!this.#atRightDelimiter()) this.#inside();
    if (this.#parens > 0) throw new Stop('unclosed left paren');
    this.#rightDelimiter('right-delimiter');
  }

  #inside(): void {
    const char = charAt(this.#input, this.#at);
    if (char === '') throw new Stop('unclosed action');
    if (isSpace(char)) {
      this.#spaces();
      return;
    }
    const sign = signs[char];
    if (sign) {
      this.#take(1, sign);
      return;
    }
    switch (char) {
      case ':':
        if (!this.#startsWith(':=')) throw new Stop('expected :=');
        this.#take(2, 'declare');
        return;
      case '"':
        this.#match(quoted, 'string', 'unterminated quoted string');
        return;
      case '`':
        this.#match(rawString, 'raw-string', 'unterminated raw quoted string');
        return;
      case "'":
        this.#match(character, 'character', 'unterminated character constant');
        return;
      case '(':
        this.#parens++;
        this.#take(1, 'left-paren');
        return;
      case ')':
        if (--this.#parens < 0) throw new Stop('unexpected right paren');
        this.#take(1, 'right-paren');
        return;
      case '$':
        this.#fieldOrVariable('variable', 'variable');
        return;
    }
    const next = this.#input[this.#at + 1];
    if (char === '.' && next !== undefined && !/[0-9]/.test(next)) this.#fieldOrVariable('field', 'dot');
    else if (/[.+\-0-9]/.test(char)) this.#number();
    else if (isAlphanumeric(char)) this.#identifier();
    else if (/[ -~]/.test(char)) this.#take(1, 'char');
    else throw new Stop(`unrecognized character in action: ${unicodeName(char)}`);
  }

  #take(length: number, type: TokenType): void {
    this.#at += length;
    this.emit(type);
  }

  #match(pattern: RegExp, type: TokenType, otherwise: string): void {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#input);
    if (match === null) throw new Stop(otherwise);
    this.#take(match[0].length, type);
  }

  /** White space; the last space before `-}}` belongs to the delimiter. */
  #spaces(): void {
    while (blanks.test(this.#input[this.#at] ?? '') && !this.#trimsRight()) this.#at++;
    if (this.#at > this.#start) this.emit('space');
  }

  #fieldOrVariable(type: TokenType, alone: TokenType): void {
    this.#at++;
    if (this.#terminated()) {
      this.emit(alone);
      return;
    }
    this.#word();
    this.emit(type);
  }

  #identifier(): void {
    this.#word();
    const word = this.#input.slice(this.#start, this.#at);
    this.emit(isKeyword(word) ? word : word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  #word(): void {
    let char = charAt(this.#input, this.#at);
    while (char !== '' && isAlphanumeric(char)) {
      this.#at += char.length;
      char = charAt(this.#input, this.#at);
    }
    if (!this.#terminated()) throw new Stop(`bad character ${unicodeName(char)}`);
  }

  /** Only these characters may follow a name, so that `$x+2` is an error instead of a surprise. */
  #terminated(): boolean {
    const char = this.#input[this.#at];
    return char === undefined || isSpace(char) || '.,|:)('.includes(char) || this.#startsWith('}}');
  }

  #number(): void {
    this.#scanNumber();
    const next = this.#input[this.#at];
    if (next === '+' || next === '-') {
      this.#scanNumber();
      if (this.#input[this.#at - 1] !== 'i') throw this.#badNumber();
    }
    this.emit('number');
  }

  #scanNumber(): void {
    number.lastIndex = this.#at;
    this.#at += number.exec(this.#input)?.[0].length ?? 0;
    const next = charAt(this.#input, this.#at);
    if (next === '' || !isAlphanumeric(next)) return;
    this.#at += next.length;
    throw this.#badNumber();
  }

  #badNumber(): Stop {
    return new Stop(`bad number syntax: ${quote(this.#input.slice(this.#start, this.#at))}`);
  }
}
