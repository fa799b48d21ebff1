import type { MachineRow } from '../../machine/list.js';
import { table } from '../output/table.js';
import { builtins } from '../../go-template/functions/builtins.js';
import { headerValue, machineValue } from './machine-values.js';
import { compileTemplate } from '../../go-template/template.js';

/** Prints rows. It calls `print` once, with the whole text. */
export type PrintRows = (rows: readonly MachineRow[], print: (text: string) => void) => void;

/**
 * Compiles the template of `ls --format`: one line per machine, or a table with a header if the template begins with `table`.
 * If a row fails, the rows before it are still printed.
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

/** Replaces the characters `\t` and `\n` by a tab and a line end, except in actions, where they belong to strings. */
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
