/** A script as it is evaluated: the parts of PowerShell's grammar that the scripts of templates/hyperv use. */
export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'array'; readonly body: readonly Statement[] }
  | { readonly kind: 'group'; readonly body: Pipeline }
  | { readonly kind: 'table'; readonly entries: readonly Entry[] }
  | Block
  | { readonly kind: 'cast'; readonly type: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | Member
  | { readonly kind: 'call'; readonly of: Member; readonly args: readonly Expression[] };

export interface Block {
  readonly kind: 'block';
  readonly body: readonly Statement[];
}

/** `.name`, or `::name` of a type. */
export interface Member {
  readonly kind: 'member';
  readonly of: Expression;
  readonly name: string;
}

export interface Entry {
  readonly key: string;
  readonly value: Pipeline;
}

export type Statement =
  | Pipeline
  | { readonly kind: 'assignment'; readonly to: Expression; readonly value: Pipeline }
  | { readonly kind: 'if'; readonly test: Pipeline; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] }
  | { readonly kind: 'try'; readonly body: readonly Statement[]; readonly handler: readonly Statement[] };

export interface Pipeline {
  readonly kind: 'pipeline';
  /** What stands before the first `|` when that is no command. */
  readonly head?: Expression;
  readonly commands: readonly Command[];
}

export interface Command {
  /** With its module where the script names it: `Hyper-V\Get-VM`. */
  readonly name: string;
  readonly words: readonly Word[];
}

export type Word = { readonly parameter: string } | { readonly value: Expression };

/** Every command of a script, those in blocks and brackets too. */
export function commandsOf(statements: readonly Statement[]): Command[] {
  const found: Command[] = [];
  JSON.stringify(statements, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'words' in value) found.push(value as Command);
    return value;
  });
  return found;
}
