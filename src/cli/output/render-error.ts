import { TsmachineError, errorTable } from '../../base/errors.js';
import type { Text } from '../../base/text.js';
import { asTyped, exitStatus } from '../line/program.js';

export interface RenderedError {
  /** For stderr, without a final newline. */
  readonly text: string;
  readonly exit: number;
}

/** Renders an error for people: the message, the hint on its own lines, and a stack trace only with --debug. */
export function renderError(thrown: unknown, options: { debug: boolean }): RenderedError {
  const error = TsmachineError.from(thrown);
  const lines = [error.text, ...(error.hint === undefined ? [] : [error.hint])].map(shown);
  if (options.debug) lines.push(...stacks(error));
  else if (errorTable[error.code].fault === 'internal') lines.push('Run it again with --debug to see where the error came from');
  return { text: lines.join('\n'), exit: exitStatus(error.exit) };
}

/** Renders an error for scripts. */
export function errorJson(thrown: unknown): { error: { code: string; message: string; hint?: string } } {
  const { code, text, hint } = TsmachineError.from(thrown);
  return { error: { code, message: shown(text), ...(hint === undefined ? {} : { hint: shown(hint) }) } };
}

/** What a host or a program says may be megabytes. */
const longest = 10_000;

function shown(text: Text): string {
  const typed = asTyped(text);
  return typed.length <= longest ? typed : `${typed.slice(0, longest)}... (${typed.length - longest} more characters)`;
}

function stacks(error: Error): string[] {
  const found: string[] = [];
  for (let e: unknown = error; e instanceof Error && found.length < 10; e = e.cause) {
    found.push(`${found.length === 0 ? '' : 'caused by '}${e.stack ?? e.message}`);
  }
  return found;
}
