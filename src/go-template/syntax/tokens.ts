import { quote } from './quoting.js';

export const keywords = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'nil', 'template', 'with'] as const;
export type Keyword = (typeof keywords)[number];

export type TokenType =
  | Keyword
  | 'assign'
  | 'bool'
  | 'char'
  | 'character'
  | 'declare'
  | 'dot'
  | 'eof'
  | 'error'
  | 'field'
  | 'identifier'
  | 'left-delimiter'
  | 'left-paren'
  | 'number'
  | 'pipe'
  | 'raw-string'
  | 'right-delimiter'
  | 'right-paren'
  | 'space'
  | 'string'
  | 'text'
  | 'variable';

export interface Token {
  readonly type: TokenType;
  /** The source text; for an error, its message. */
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

export function isKeyword(word: string): word is Keyword {
  return (keywords as readonly string[]).includes(word);
}

/** A token as Go's parser names it in `unexpected ... in ...`. */
export function tokenName({ type, text }: Token): string {
  if (type === 'eof') return 'EOF';
  if (type === 'error') return text;
  if (type === 'dot' || isKeyword(type)) return `<${text}>`;
  return Buffer.byteLength(text) > 10 ? `${quote(Array.from(text).slice(0, 10).join(''))}...` : quote(text);
}
