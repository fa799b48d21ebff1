import { TsmachineError, errorText, type ErrorCode } from '../../base/errors.js';
import { lines } from '../../base/text.js';
import { nearest } from '../../base/nearest.js';
import type { FlagInput } from './flags.js';
import { programName } from './program.js';
import { typed, verbsOf } from './topic.js';

const usageCodes: readonly ErrorCode[] = ['USAGE', 'FLAG_INVALID', 'FLAG_MISSING'];

/** What the usage line of a command is made of; its class has it all. */
export interface Usage {
  readonly id: string;
  readonly flags: FlagInput;
  /** What follows the flags. */
  readonly usage?: string | readonly string[] | undefined;
}

/** `Usage: tsmachine ls [OPTIONS]` */
export function usageLine({ id, flags, usage = '' }: Usage): string {
  const options = Object.values(flags).some(({ hidden }) => hidden !== true) ? ['[OPTIONS]'] : [];
  return ['Usage:', programName(), typed(id), ...options, usage].flat().join(' ').trimEnd();
}

/** A mistake on the command line is followed by how the line should look; any other error stays as it is. */
export function withUsage(error: Error, command: Usage): Error {
  if (!TsmachineError.is(error) || !usageCodes.includes(error.code)) return error;
  return new TsmachineError(error.code, error.text, {
    cause: error,
    exit: error.exit,
    hint: lines([error.hint, usageLine(command), `See '${programName()} ${typed(command.id)} --help'.`]),
  });
}

/** What oclif's parser complains about: it puts the flag's name before the message and a line of its own after it. */
export function parseError(error: unknown): TsmachineError {
  const text = errorText(error);
  const flag = /^Parsing (--\S+)/.exec(text)?.[1];
  const reason = text.replace(/^Parsing --\S+\s*/, '').replace(/\s*See more help with --help\s*$/, '');
  const code = TsmachineError.is(error) ? error.code : 'USAGE';
  return new TsmachineError(code, flag === undefined ? reason : `${flag}: ${reason}`, { cause: error });
}

/** Words that are no command, with the nearest that is; or a topic without a verb, with its verbs. */
export function unknownCommand(words: readonly string[], known: readonly string[]): TsmachineError {
  const program = programName();
  const [name = '', verb = ''] = words;
  const verbs = verbsOf(name, known);
  if (verbs.length > 0 && verb !== '' && !verb.startsWith('-')) {
    const near = nearest(`${name}:${verb}`, verbs);
    return new TsmachineError('USAGE', `${program}: '${name} ${verb}' is not a ${program} command. See '${program} ${name} --help'.`, {
      hint: near === undefined ? undefined : `Did you mean '${typed(near)}'?`,
    });
  }
  if (verbs.length > 0) {
    return new TsmachineError('USAGE', `${program} ${name}: say what to do`, {
      hint: verbs.map((id) => `${program} ${typed(id)}`).join('\n'),
    });
  }
  const near = nearest(name, known);
  return new TsmachineError('USAGE', `${program}: '${name}' is not a ${program} command. See '${program} --help'.`, {
    hint: near === undefined ? undefined : `Did you mean '${near}'?`,
  });
}
