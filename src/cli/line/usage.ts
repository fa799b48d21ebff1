import { TsmachineError, errorText, type ErrorCode } from '../../base/errors.js';
import { lines, run } from '../../base/text.js';
import { nearest } from '../../base/nearest.js';
import type { FlagInput } from './flags.js';
import { programName } from './program.js';
import { commandWords, verbsOf } from './topic.js';

const usageCodes: readonly ErrorCode[] = ['USAGE', 'FLAG_INVALID', 'FLAG_MISSING'];

/** What the usage line of a command needs. The class of a command is one. */
export interface Usage {
  readonly id: string;
  readonly flags: FlagInput;
  /** The positional words. */
  readonly usage?: string | readonly string[] | undefined;
}

/** The usage line of a command, such as `Usage: docker-machine ls [OPTIONS]`. */
export function usageLine({ id, flags, usage = '' }: Usage): string {
  const options = Object.values(flags).some(({ hidden }) => hidden !== true) ? ['[OPTIONS]'] : [];
  return ['Usage:', programName(), commandWords(id), ...options, usage].flat().join(' ').trimEnd();
}

/** Adds the usage line to a mistake on the command line. Other errors are returned unchanged. */
export function withUsage(error: Error, command: Usage): Error {
  if (!TsmachineError.is(error) || !usageCodes.includes(error.code)) return error;
  return new TsmachineError(error.code, error.text, {
    cause: error,
    exit: error.exit,
    hint: lines([error.hint, usageLine(command), `See '${programName()} ${commandWords(command.id)} --help'.`]),
  });
}

/** Rewrites an error of oclif's parser, which puts the name of the flag before the message and a hint after it. */
export function parseError(error: unknown): TsmachineError {
  const text = errorText(error);
  const flag = /^Parsing (--\S+)/.exec(text)?.[1];
  const reason = text.replace(/^Parsing --\S+\s*/, '').replace(/\s*See more help with --help\s*$/, '');
  const code = TsmachineError.is(error) ? error.code : 'USAGE';
  return new TsmachineError(code, flag === undefined ? reason : `${flag}: ${reason}`, { cause: error });
}

/** The error for words that are not a command, with the nearest one; or for a topic without a verb, with its verbs. */
export function unknownCommand(words: readonly string[], known: readonly string[]): TsmachineError {
  const program = programName();
  const [name = '', verb = ''] = words;
  const verbs = verbsOf(name, known);
  if (verbs.length > 0 && verb !== '' && !verb.startsWith('-')) {
    const near = nearest(`${name}:${verb}`, verbs);
    return new TsmachineError('USAGE', `${program}: '${name} ${verb}' is not a ${program} command. See '${program} ${name} --help'.`, {
      hint: near === undefined ? undefined : `Did you mean '${commandWords(near)}'?`,
    });
  }
  if (verbs.length > 0) {
    return new TsmachineError('USAGE', `${program} ${name} needs one of its commands`, {
      hint: lines(verbs.map((id) => run(...id.split(':')))),
    });
  }
  const near = nearest(name, known);
  return new TsmachineError('USAGE', `${program}: '${name}' is not a ${program} command. See '${program} --help'.`, {
    hint: near === undefined ? undefined : `Did you mean '${near}'?`,
  });
}
