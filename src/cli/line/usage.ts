import { TsmachineError, errorText, type ErrorCode } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { FlagInput } from './flags.js';
import { programName } from './program.js';
import { suggestions } from './suggestions.js';
import { commandWords } from './topic.js';

const usageCodes: readonly ErrorCode[] = ['USAGE', 'ARGUMENT_COUNT', 'FLAG_INVALID', 'FLAG_MISSING'];

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

/** What is known of a command without loading it. */
export interface KnownCommand {
  readonly id: string;
  readonly summary?: string | undefined;
}

/** The error for words that are not a command, with what was probably meant; or for a topic without a verb, with its commands. */
export function unknownCommand(words: readonly string[], commands: readonly KnownCommand[]): TsmachineError {
  const program = programName();
  const [name = '', verb = ''] = words;
  const verbs = commands.filter(({ id }) => id.startsWith(`${name}:`)).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (verbs.length > 0 && (verb === '' || verb.startsWith('-'))) {
    const longest = Math.max(...verbs.map(({ id }) => id.length));
    return new TsmachineError('USAGE', `${program} ${name} needs one of its commands`, {
      hint: lines(verbs.map(({ id, summary = '' }) => say`${run(...id.split(':'))}${' '.repeat(longest - id.length)}  ${summary}`)),
    });
  }
  const ids = commands.map(({ id }) => id);
  const typed = verbs.length > 0 ? `${name} ${verb}` : name;
  const help = verbs.length > 0 ? `${program} ${name} --help` : `${program} --help`;
  return new TsmachineError('USAGE', `${program}: '${typed}' is not a ${program} command. See '${help}'.`, {
    hint: didYouMean(suggestions(verbs.length > 0 ? [name, verb] : [name], ids)),
  });
}

function didYouMean(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : `Did you mean ${ids.map((id) => `'${commandWords(id)}'`).join(' or ')}?`;
}
