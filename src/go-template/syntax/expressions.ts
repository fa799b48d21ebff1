import type { TsmachineError } from '../../base/errors.js';
import { errorText } from '../../base/errors.js';
import { textOf, type Command, type Operand, type Pipeline } from './nodes.js';
import { parseNumber, type NumberLiteral } from './number-literal.js';
import { quote, unquote } from './quoting.js';
import { beginsOperand, type TokenStream } from './token-stream.js';
import type { Token, TokenType } from './tokens.js';

/** The deepest nesting: more than any real template needs, and far below what would overflow the stack. */
export const deepest = 200;

/** Parses the inside of actions. It knows the functions and the variables, so that a misspelled one is reported at once. */
export class ExpressionParser {
  /** The variables in scope; `$` is always among them. */
  variables: string[] = ['$'];
  readonly #tokens: TokenStream;
  readonly #isFunction: (name: string) => boolean;
  #depth = 0;

  constructor(tokens: TokenStream, isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  /** `declarations? command ('|' command)*` up to and with `end`. */
  pipeline(context: string, end: TokenType): Pipeline {
    const { offset } = this.#tokens.peekNonSpace();
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#tokens.nextNonSpace();
      if (token.type === end) break;
      if (!beginsOperand(token)) throw this.#tokens.unexpected(token, context);
      this.#tokens.back();
      commands.push(this.#command());
    }
    if (commands.length === 0) throw this.#tokens.error(`missing value for ${context}`);
    commands.slice(1).forEach(({ words: [first] }, i) => {
      const literal = ['bool', 'dot', 'nil', 'number', 'string'].includes(first.type);
      if (literal) throw this.#tokens.error(`non executable command in pipeline stage ${i + 2}`);
    });
    return { type: 'pipeline', offset, variables, assigns, commands };
  }

  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const start = this.#tokens.peekNonSpace();
      if (start.type !== 'variable') return { variables, assigns: false };
      const mark = this.#tokens.mark();
      this.#tokens.next();
      const sign = this.#tokens.nextNonSpace();
      const comma = sign.type === 'char' && sign.text === ',';
      if (sign.type !== 'assign' && sign.type !== 'declare' && !comma) {
        this.#tokens.back(mark);
        return { variables, assigns: false };
      }
      variables.push(start.text);
      this.variables.push(start.text);
      if (!comma) return { variables, assigns: sign.type === 'assign' };
      if (context !== 'range' || variables.length > 1) throw this.#tokens.error(`too many declarations in ${context}`);
      if (!['variable', 'right-delimiter', 'right-paren'].includes(this.#tokens.peekNonSpace().type)) {
        throw this.#tokens.error('range can only initialize variables');
      }
    }
  }

  /** Operands up to a pipe, which is consumed, or up to the end of the pipeline, which is not. */
  #command(): Command {
    const { offset } = this.#tokens.peekNonSpace();
    const words: Operand[] = [];
    for (;;) {
      this.#tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand) words.push(operand);
      const token = this.#tokens.next();
      if (token.type === 'space') continue;
      if (token.type === 'right-delimiter' || token.type === 'right-paren') this.#tokens.back();
      else if (token.type !== 'pipe') throw this.#tokens.unexpected(token, 'operand');
      break;
    }
    const [first, ...rest] = words;
    if (first === undefined) throw this.#tokens.error('empty command');
    return { type: 'command', offset, words: [first, ...rest] };
  }

  /** A term and the fields that follow it. */
  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#tokens.peek().type !== 'field') return term;
    const { offset } = this.#tokens.peek();
    const names: string[] = [];
    while (this.#tokens.peek().type === 'field') names.push(this.#tokens.next().text.slice(1));
    switch (term.type) {
      case 'field':
      case 'variable':
        return { ...term, offset, names: [...term.names, ...names] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        throw this.#tokens.error(`unexpected . after term ${quote(textOf(term))}`);
      case 'identifier':
      case 'chain':
      case 'pipeline':
        return { type: 'chain', offset, of: term, names };
    }
  }

  #term(): Operand | undefined {
    const token = this.#tokens.nextNonSpace();
    const { type, text, offset } = token;
    switch (type) {
      case 'identifier':
        if (!this.#isFunction(text)) throw this.#tokens.error(`function ${quote(text)} not defined`, token);
        return { type, name: text, offset };
      case 'dot':
      case 'nil':
        return { type, offset };
      case 'variable':
        if (!this.variables.includes(text)) throw this.#tokens.error(`undefined variable ${quote(text)}`, token);
        return { type, names: [text], offset };
      case 'field':
        return { type, names: [text.slice(1)], offset };
      case 'bool':
        return { type, value: text === 'true', offset };
      case 'character':
      case 'number':
        return { type: 'number', text, value: this.#number(token), offset };
      case 'left-paren':
        return this.#parenthesized(token);
      case 'string':
      case 'raw-string':
        return { type: 'string', text, value: this.string(token), offset };
      default:
        this.#tokens.back();
        return undefined;
    }
  }

  #parenthesized(token: Token): Pipeline {
    if (this.#depth >= deepest) throw this.#tokens.error('max expression depth exceeded', token);
    this.#depth++;
    const pipeline = this.pipeline('parenthesized pipeline', 'right-paren');
    this.#depth--;
    return pipeline;
  }

  #number(token: Token): NumberLiteral {
    try {
      return parseNumber(token.text);
    } catch (error) {
      throw this.#invalid(token, errorText(error));
    }
  }

  /** The value of a string token. */
  string(token: Token): string {
    const text = unquote(token.text);
    if (text === undefined) throw this.#invalid(token, 'invalid syntax');
    return text;
  }

  #invalid(token: Token, message: string): TsmachineError {
    return this.#tokens.error(message, token);
  }
}
