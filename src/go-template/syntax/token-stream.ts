import type { TsmachineError } from '../../base/errors.js';
import { tokenize } from './lexer.js';
import { syntaxError, type Source } from './source.js';
import { tokenName, type Token, type TokenType } from './tokens.js';

/** The tokens of a template with a reading position, and Go's errors about them. */
export class TokenStream {
  readonly #source: Source;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** The furthest token read: errors refer to its line. */
  #furthest = 0;
  /** The line of the current action; 0 outside an action. */
  actionLine = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#tokens = tokenize(source.text);
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** The next token; at the end, always `eof`. */
  peek(): Token {
    const last = this.#tokens.length - 1;
    const at = Math.min(this.#at, last);
    this.#furthest = Math.max(this.#furthest, at);
    const token = this.#tokens[at];
    if (token === undefined) throw new RangeError('a list of tokens is never empty');
    return token;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.type === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.#at--;
    return token;
  }

  /** The current position, for `back`. */
  mark(): number {
    return this.#at;
  }

  back(mark: number = this.#at - 1): void {
    this.#at = mark;
  }

  /** The next token, which must be of that type. */
  expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    if (token.type !== type) throw this.unexpected(token, context);
    return token;
  }

  unexpected(token: Token, context: string): TsmachineError {
    if (token.type !== 'error') return this.error(`unexpected ${tokenName(token)} in ${context}`, token);
    const elsewhere = this.actionLine !== 0 && this.actionLine !== token.line;
    const started = elsewhere ? `${token.text.endsWith(' action') ? '' : ' in action'} started at :${this.actionLine}` : '';
    return this.error(token.text + started, token);
  }

  /** An error at a token; without one, at the furthest token read. */
  error(message: string, token?: Token): TsmachineError {
    const last = this.#tokens[this.#furthest];
    const place = token ?? last;
    return syntaxError(this.#source, last?.line ?? 1, place?.offset ?? 0, message);
  }
}

/** Whether an operand can begin with the token. */
export function beginsOperand({ type }: Token): boolean {
  return operands.has(type);
}

const operands: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'left-paren',
  'nil',
  'number',
  'raw-string',
  'string',
  'variable',
]);
