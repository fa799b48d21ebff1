import type { NumberLiteral } from './number-literal.js';
import { quote } from './quoting.js';

interface Placed {
  /** The position that errors point to, by Go's rules: the last name of a chain, the pipeline of an `if`. */
  readonly offset: number;
}

export type Operand = Constant | Identifier | Field | Variable | Chain | Pipeline | ({ readonly type: 'dot' | 'nil' } & Placed);

export type Constant =
  | ({ readonly type: 'bool'; readonly value: boolean } & Placed)
  | ({ readonly type: 'number'; readonly text: string; readonly value: NumberLiteral } & Placed)
  | ({ readonly type: 'string'; readonly text: string; readonly value: string } & Placed);

/** The name of a function. */
export interface Identifier extends Placed {
  readonly type: 'identifier';
  readonly name: string;
}
export interface Field extends Placed {
  readonly type: 'field';
  readonly names: readonly string[];
}
/** `$x.A.B`: the first name is the variable's. */
export interface Variable extends Placed {
  readonly type: 'variable';
  readonly names: readonly string[];
}
/** `(...).A.B` */
export interface Chain extends Placed {
  readonly type: 'chain';
  readonly of: Operand;
  readonly names: readonly string[];
}
export interface Command extends Placed {
  readonly type: 'command';
  readonly words: readonly [Operand, ...Operand[]];
}

export interface Pipeline extends Placed {
  readonly type: 'pipeline';
  readonly variables: readonly string[];
  /** `$x = ...` rather than `$x := ...`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Branch extends Placed {
  readonly type: 'if' | 'range' | 'with';
  readonly pipeline: Pipeline;
  readonly list: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
}

export interface Call extends Placed {
  readonly type: 'template';
  readonly name: string;
  readonly pipeline: Pipeline | undefined;
}

export type Node =
  | ({ readonly type: 'text'; readonly text: string } & Placed)
  | ({ readonly type: 'action'; readonly pipeline: Pipeline } & Placed)
  | ({ readonly type: 'break' | 'continue' } & Placed)
  | Branch
  | Call;

/** The parts of a template that an error can refer to. */
export type Part = Operand | Command | Node;

/** The text of a part as Go prints it from the parsed template. */
export function textOf(part: Part): string {
  switch (part.type) {
    case 'bool':
      return String(part.value);
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'number':
    case 'string':
    case 'text':
      return part.text;
    case 'identifier':
      return part.name;
    case 'field':
      return part.names.map((name) => `.${name}`).join('');
    case 'variable':
      return part.names.join('.');
    case 'chain':
      return [wordText(part.of), ...part.names].join('.');
    case 'command':
      return part.words.map(wordText).join(' ');
    case 'pipeline':
      return declarations(part) + part.commands.map(textOf).join(' | ');
    case 'action':
      return `{{${textOf(part.pipeline)}}}`;
    case 'break':
    case 'continue':
      return `{{${part.type}}}`;
    case 'template':
      return `{{template ${quote(part.name)}${part.pipeline ? ` ${textOf(part.pipeline)}` : ''}}}`;
    case 'if':
    case 'range':
    case 'with': {
      const otherwise = part.otherwise ? `{{else}}${listText(part.otherwise)}` : '';
      return `{{${part.type} ${textOf(part.pipeline)}}}${listText(part.list)}${otherwise}{{end}}`;
    }
  }
}

function wordText(word: Operand): string {
  return word.type === 'pipeline' ? `(${textOf(word)})` : textOf(word);
}

function listText(list: readonly Node[]): string {
  return list.map(textOf).join('');
}

function declarations({ variables, assigns }: Pipeline): string {
  return variables.length === 0 ? '' : `${variables.join(', ')} ${assigns ? '=' : ':='} `;
}
