import { ExpressionParser, deepest } from './expressions.js';
import type { Branch, Call, Node } from './nodes.js';
import { quote } from './quoting.js';
import type { Source } from './source.js';
import { TokenStream } from './token-stream.js';
import type { Token } from './tokens.js';

/** The templates of a source by name: the main one is called ''. */
export type Definitions = Map<string, readonly Node[]>;

/** The end of a list of nodes. */
interface End {
  readonly type: 'end' | 'else';
  readonly offset: number;
}

/**
 * Parses a template and the templates that are defined in it.
 * @throws TsmachineError TEMPLATE with Go's message
 */
export function parse(source: Source, isFunction: (name: string) => boolean): Definitions {
  const definitions: Definitions = new Map();
  const tokens = new TokenStream(source);
  new TreeParser(tokens, isFunction, definitions).main();
  return definitions;
}

class TreeParser {
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionParser;
  readonly #isFunction: (name: string) => boolean;
  readonly #definitions: Definitions;
  #ranges = 0;
  #depth: number;

  constructor(tokens: TokenStream, isFunction: (name: string) => boolean, definitions: Definitions, depth = 0) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
    this.#definitions = definitions;
    this.#depth = depth;
    this.#expressions = new ExpressionParser(tokens, isFunction);
  }

  main(): void {
    const nodes: Node[] = [];
    while (this.#tokens.peek().type !== 'eof') {
      if (this.#definition()) continue;
      const node = this.#textOrAction();
      if (isEnd(node)) throw this.#tokens.error(`unexpected {{${node.type}}}`);
      nodes.push(node);
    }
    this.#add('', nodes);
  }

  #definition(): boolean {
    const mark = this.#tokens.mark();
    if (this.#tokens.next().type !== 'left-delimiter' || this.#tokens.nextNonSpace().type !== 'define') {
      this.#tokens.back(mark);
      return false;
    }
    const context = 'define clause';
    const name = this.#name(this.#tokens.nextNonSpace(), context);
    this.#tokens.expect('right-delimiter', context);
    this.#body(name, context);
    return true;
  }

  /** The body of a `define` or `block`: a template of its own, which does not see the variables of this one. */
  #body(name: string, context: string): void {
    const inner = new TreeParser(this.#tokens, this.#isFunction, this.#definitions, this.#depth);
    const { list, end } = inner.#list();
    if (end.type !== 'end') throw this.#tokens.error(`unexpected {{${end.type}}} in ${context}`);
    this.#add(name, list);
  }

  #add(name: string, list: readonly Node[]): void {
    const known = this.#definitions.get(name);
    if (known === undefined || isEmpty(known)) this.#definitions.set(name, list);
    else if (!isEmpty(list)) throw this.#tokens.error(`template: multiple definition of template ${quote(name)}`);
  }

  #name(token: Token, context: string): string {
    if (token.type === 'string' || token.type === 'raw-string') return this.#expressions.string(token);
    throw this.#tokens.unexpected(token, context);
  }

  #list(): { list: Node[]; end: End } {
    if (++this.#depth > deepest) throw this.#tokens.error('max expression depth exceeded');
    const list: Node[] = [];
    while (this.#tokens.peekNonSpace().type !== 'eof') {
      const node = this.#textOrAction();
      if (isEnd(node)) {
        this.#depth--;
        return { list, end: node };
      }
      list.push(node);
    }
    throw this.#tokens.error('unexpected EOF');
  }

  #textOrAction(): Node | End {
    const token = this.#tokens.nextNonSpace();
    if (token.type === 'text') return { type: 'text', text: token.text, offset: token.offset };
    if (token.type !== 'left-delimiter') throw this.#tokens.unexpected(token, 'input');
    this.#tokens.actionLine = token.line;
    const node = this.#action();
    this.#tokens.actionLine = 0;
    return node;
  }

  #action(): Node | End {
    const { type, offset } = this.#tokens.nextNonSpace();
    switch (type) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#jump(type, offset);
      case 'else':
        return this.#else();
      case 'end':
        return { type, offset: this.#tokens.expect('right-delimiter', 'end').offset };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(type);
      case 'template':
        return this.#call();
      default:
        this.#tokens.back();
        return { type: 'action', offset, pipeline: this.#expressions.pipeline('command', 'right-delimiter') };
    }
  }

  #jump(type: 'break' | 'continue', offset: number): Node {
    this.#tokens.expect('right-delimiter', `{{${type}}}`);
    if (this.#ranges === 0) throw this.#tokens.error(`{{${type}}} outside {{range}}`);
    return { type, offset };
  }

  /** In `{{else if}}` and `{{else with}}`, the second word is left for the enclosing branch. */
  #else(): End {
    const { type, offset } = this.#tokens.peekNonSpace();
    if (type !== 'if' && type !== 'with') this.#tokens.expect('right-delimiter', 'else');
    return { type: 'else', offset };
  }

  #branch(type: Branch['type']): Branch {
    const known = this.#expressions.variables.length;
    const pipeline = this.#expressions.pipeline(type, 'right-delimiter');
    if (type === 'range') this.#ranges++;
    const { list, end } = this.#list();
    if (type === 'range') this.#ranges--;
    const otherwise = end.type === 'else' ? this.#otherwise(type) : undefined;
    this.#expressions.variables.length = known;
    return { type, offset: pipeline.offset, pipeline, list, otherwise };
  }

  #otherwise(type: Branch['type']): readonly Node[] {
    const next = this.#tokens.peek().type;
    if (type !== 'range' && next === type) {
      if (++this.#depth > deepest) throw this.#tokens.error('max expression depth exceeded');
      this.#tokens.next();
      const branch = this.#branch(type);
      this.#depth--;
      return [branch];
    }
    const { list, end } = this.#list();
    if (end.type !== 'end') throw this.#tokens.error(`expected end; found {{${end.type}}}`);
    return list;
  }

  #block(): Call {
    const context = 'block clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#name(token, context);
    const pipeline = this.#expressions.pipeline(context, 'right-delimiter');
    this.#body(name, context);
    return { type: 'template', offset: token.offset, name, pipeline };
  }

  #call(): Call {
    const context = 'template clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#name(token, context);
    const call = { type: 'template', offset: token.offset, name } as const;
    if (this.#tokens.nextNonSpace().type === 'right-delimiter') return { ...call, pipeline: undefined };
    this.#tokens.back();
    return { ...call, pipeline: this.#expressions.pipeline(context, 'right-delimiter') };
  }
}

function isEnd(node: Node | End): node is End {
  return node.type === 'end' || node.type === 'else';
}

function isEmpty(list: readonly Node[]): boolean {
  return list.every((node) => node.type === 'text' && node.text.trim() === '');
}
