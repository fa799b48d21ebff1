import { TsmachineError } from '../../base/errors.js';
import { quote } from './quoting.js';

/** The text of a template, and whether its errors show their position with a caret. */
export interface Source {
  readonly text: string;
  readonly pointed: boolean;
}

/** Go's error for a template that cannot be parsed; it gives the line only. */
export function syntaxError(source: Source, line: number, offset: number, message: string): TsmachineError {
  return templateError(source, offset, `template: :${line}: ${message}`);
}

/** Go's error for a template that fails while it is executed: line, byte in the line, and the part of the template that failed. */
export function executionError(source: Source, place: { offset: number; name: string; part: string }, message: string): TsmachineError {
  const before = source.text.slice(0, place.offset);
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
  const { name, part, offset } = place;
  return templateError(source, offset, `template: :${lineOf(before)}:${column}: executing ${quote(name)} at <${part}>: ${message}`);
}

/** The number, from 1, of the line that contains the end of `before`. */
export function lineOf(before: string): number {
  return before.split('\n').length;
}

function templateError(source: Source, offset: number, message: string): TsmachineError {
  return new TsmachineError('TEMPLATE', message, { hint: source.pointed ? pointer(source.text, offset) : undefined });
}

/** Characters of a long line that are shown before and after the position, to fit in 80 columns. */
const shownBefore = 40;
const shownAfter = 30;

/** The line of the template and, below it, a caret under the position. */
function pointer(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end < 0 ? undefined : end).replace(/\s/g, ' ');
  const column = offset - start;
  const from = column > shownBefore ? column - shownBefore : 0;
  const lead = from > 0 ? '...' : '';
  const shown = `${lead}${line.slice(from, column + shownAfter)}${line.length > column + shownAfter ? '...' : ''}`;
  return `  ${shown}\n  ${' '.repeat(lead.length + Array.from(line.slice(from, column)).length)}^`;
}
