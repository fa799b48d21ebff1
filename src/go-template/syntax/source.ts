import { TsmachineError } from '../../base/errors.js';
import { quote } from './quoting.js';

/** The text of a template, and whether its errors show the place with a caret. */
export interface Source {
  readonly text: string;
  readonly pointed: boolean;
}

/** Go's words for a template that cannot be parsed: only the line is told. */
export function syntaxError(source: Source, line: number, offset: number, message: string): TsmachineError {
  return templateError(source, offset, `template: :${line}: ${message}`);
}

/** Go's words for a template that cannot be executed: line, byte of the line, and the part of the template that failed. */
export function executionError(source: Source, place: { offset: number; name: string; part: string }, message: string): TsmachineError {
  const before = source.text.slice(0, place.offset);
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
  const { name, part, offset } = place;
  return templateError(source, offset, `template: :${lineOf(before)}:${column}: executing ${quote(name)} at <${part}>: ${message}`);
}

/** The line that the end of `before` is on, from 1. */
export function lineOf(before: string): number {
  return before.split('\n').length;
}

function templateError(source: Source, offset: number, message: string): TsmachineError {
  return new TsmachineError('TEMPLATE', message, { hint: source.pointed ? pointer(source.text, offset) : undefined });
}

/** What is shown of a long line around the place: it fits 80 columns. */
const shownBefore = 40;
const shownAfter = 30;

/** The line of the template, and below it a caret under the place. */
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
