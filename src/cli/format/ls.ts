import type { MachineRow } from '../../machine/list.js';
import { table } from '../output/table.js';
import { builtins } from '../../go-template/functions/builtins.js';
import { headerValue, machineValue } from './machine-values.js';
import { compileTemplate } from '../../go-template/template.js';

/** Prints rows; called once with all of the text. */
export type PrintRows = (rows: readonly MachineRow[], print: (text: string) => void) => void;

/**
 * `ls --format`: one line a machine, or with `table` in front a table with a header (spec 2.9).
 * The rows before one that fails are printed all the same.
 * @throws TsmachineError TEMPLATE
 */
export function compileListFormat(format: string, options: { pointed: boolean }): PrintRows {
  const isTable = format.startsWith('table');
  const text = unescape((isTable ? format.slice('table'.length) : format).replace(/^ +| +$/g, ''));
  const template = compileTemplate(text, builtins, options);
  return (rows, print) => {
    const header = isTable ? [template.execute(headerValue)] : [];
    const lines: string[] = [];
    try {
      for (const row of rows) lines.push(template.execute(machineValue(row)));
    } finally {
      const complete = lines.length === rows.length ? [...header, ...lines] : lines.length > 0 ? [...header, ...lines] : [];
      if (complete.length > 0) print(isTable ? aligned(complete) : complete.join('\n'));
    }
  };
}

/** The two characters `\t` and `\n` are a tab and a line end; inside an action they belong to its strings. */
function unescape(text: string): string {
  return text.replace(/\{\{[^]*?\}\}|\\t|\\n/g, (found) => (found === '\\t' ? '\t' : found === '\\n' ? '\n' : found));
}

function aligned(lines: readonly string[]): string {
  return table(
    lines
      .join('\n')
      .split('\n')
      .map((line) => line.split('\t')),
  );
}
