import type { FlagInput } from './flags.js';
import { globalFlags } from './globals.js';
import { programName } from './program.js';
import { twoColumns, wrap } from './wrap.js';

const width = 80;

/** What the help of a command is made of. */
export interface CommandHelp {
  readonly name: string;
  readonly summary: string;
  /** What follows the flags on the usage line: `[arg...]`. */
  readonly usage: string;
  readonly description?: string | undefined;
  readonly example: string;
  readonly flags: FlagInput;
}

/** `Usage: tsmachine ls [OPTIONS]` */
export function usageLine({ name, flags, usage }: Pick<CommandHelp, 'name' | 'flags' | 'usage'>): string {
  const options = Object.keys(flags).length > 0 ? ' [OPTIONS]' : '';
  return `Usage: ${programName()} ${name}${options}${usage === '' ? '' : ` ${usage}`}`;
}

/** Docker Machine's layout (spec 1.3), because completions read it: every option on a line that begins `   --name`. */
export function commandHelp(command: CommandHelp): string {
  const { summary, description, example, flags } = command;
  const lines = [usageLine(command), '', ...wrap(summary, width), ''];
  if (description !== undefined) lines.push('Description:', ...wrap(description, width - 3).map((line) => `   ${line}`), '');
  if (Object.keys(flags).length > 0) lines.push('Options:', '   ', ...columns(flagRows(flags), 3), '');
  lines.push('Example:', `   ${programName()} ${example}`);
  return lines.join('\n');
}

/** The list of commands and the global flags (spec 1.2). */
export function globalHelp(commands: readonly { readonly name: string; readonly summary: string }[], version: string): string {
  const list = [...commands, { name: 'help', summary: 'Shows a list of commands or help for one command' }];
  return [
    `Usage: ${programName()} [OPTIONS] COMMAND [arg...]`, '',
    'Create and manage machines running Docker.', '',
    `Version: ${version}`, '',
    'Options:',
    ...columns([...flagRows(globalFlags), ['--help, -h', 'show help'], ['--version, -v', 'print the version']], 2), '',
    'Commands:',
    ...columns(list.map(({ name, summary }): Row => [name, summary]), 2), '',
    `Run '${programName()} COMMAND --help' for more information on a command.`,
  ].join('\n');
}

type Row = readonly [string, string];

function flagRows(flags: FlagInput): Row[] {
  return Object.entries(flags)
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]): Row => [flagTerm(name, flag), flag.description ?? '']);
}

function columns(rows: readonly Row[], indent: number): string[] {
  return twoColumns(rows, { indent, width, widest: 27 });
}

function flagTerm(name: string, flag: FlagInput[string]): string {
  const term = `--${name}${flag.char === undefined ? '' : `, -${flag.char}`}`;
  if (flag.type === 'boolean') return term;
  if (flag.multiple) return `${term} value ...`;
  const preset: unknown = flag.default ?? flag.defaultHelp;
  const shown = typeof preset === 'number' || (typeof preset === 'string' && preset !== '');
  return shown ? `${term} "${preset}"` : `${term} value`;
}
