import { Help } from '@oclif/core/help';
import type { Command } from '@oclif/core';

import type { MachineCommand } from '../command.js';
import type { FlagInput } from './flags.js';
import { globalFlags } from './globals.js';
import { isMachineConfig } from './oclif.js';
import { programName } from './program.js';
import { findCommandWords, commandWords, verbsOf } from './topic.js';
import { unknownCommand, usageLine } from './usage.js';
import { twoColumns, wrap } from './wrap.js';

const widest = 80;
const narrowest = 40;

type Row = readonly [string, string];

/** oclif's help class in Docker Machine's layout, because completion scripts parse it. */
export default class MachineHelp extends Help {
  /** @param argv the command and the words after it; without a command, the global help is shown */
  override async showHelp(argv: string[]): Promise<void> {
    const names = argv.filter((word) => !word.startsWith('-'));
    const [name] = names;
    if (name === undefined || name === 'help') return this.showRootHelp();
    const id = findCommandWords(names, (known) => this.config.findCommand(known) !== undefined)?.id ?? name;
    const command = this.config.findCommand(id);
    if (!command && names.length === 1 && verbsOf(name, this.config.commandIDs).length > 0) return this.showTopic(name);
    if (!command) throw unknownCommand(names, this.config.commandIDs);
    await this.showCommandHelp(
      command,
      argv.filter((word) => !id.split(':').includes(word)),
    );
  }

  /** Completion scripts expect each option on a line that begins with `   --name`. */
  override async showCommandHelp(command: Command.Loadable, words: readonly string[] = []): Promise<void> {
    const { id, summary = '', description = '', examples = [], usage } = command;
    const flags = await ((await command.load()) as unknown as typeof MachineCommand).helpFlags(words, this.env());
    const lines = [usageLine({ id, flags, usage }), '', ...wrap(this.render(summary), this.width), ''];
    if (description !== '') lines.push('Description:', ...wrap(this.render(description), this.width - 3).map((line) => `   ${line}`), '');
    const rows = flagRows(flags);
    if (rows.length > 0) lines.push('Options:', '   ', ...columns(rows, 3, this.width), '');
    lines.push('Example:', ...examples.map((example) => `   ${this.render(typeof example === 'string' ? example : example.command)}`));
    this.log(lines.join('\n'));
  }

  protected override showRootHelp(): Promise<void> {
    this.log(
      [
        `Usage: ${programName()} [OPTIONS] COMMAND [arg...]`,
        '',
        'Create and manage machines running Docker.',
        '',
        `Version: ${this.config.version}`,
        '',
        'Options:',
        ...columns([...flagRows(globalFlags), ['--help, -h', 'show help'], ['--version, -v', 'print the version']], 2, this.width),
        '',
        'Commands:',
        ...columns(
          this.sortedCommands.map(({ id, summary = '' }): Row => [commandWords(id), this.render(summary)]),
          2,
          this.width,
        ),
        '',
        `Run '${programName()} COMMAND --help' for more information on a command.`,
      ].join('\n'),
    );
    return Promise.resolve();
  }

  private showTopic(topic: string): void {
    const verbs = this.sortedCommands.filter(({ id }) => id.startsWith(`${topic}:`));
    this.log(
      [
        `Usage: ${programName()} ${topic} COMMAND [arg...]`,
        '',
        'Commands:',
        ...columns(
          verbs.map(({ id, summary = '' }): Row => [commandWords(id), this.render(summary)]),
          2,
          this.width,
        ),
        '',
        `Run '${programName()} ${topic} COMMAND --help' for more information on a command.`,
      ].join('\n'),
    );
  }

  /** Sorted by name, except for the commands that Docker Machine lists elsewhere. */
  protected override get sortedCommands(): Command.Loadable[] {
    const sortKey = ({ id }: Command.Loadable) => ({ scp: 'ssh scp', mount: 'ssh scp mount', help: '~' })[id] ?? id;
    return this.config.commands.filter(({ hidden }) => !hidden).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  protected override log(text: string): void {
    if (!isMachineConfig(this.config)) return super.log(text);
    const { progress, screen } = this.config.invocation;
    progress.write(screen.stdout, text);
  }

  /** The width of the terminal. Without a terminal it is fixed, so that scripts always read the same text. */
  private get width(): number {
    const { columns } = (isMachineConfig(this.config) ? this.config.invocation.screen.stdout : {}) as { columns?: number };
    return Math.max(narrowest, Math.min(widest, columns ?? widest));
  }

  private env(): NodeJS.ProcessEnv {
    return isMachineConfig(this.config) ? this.config.invocation.env : process.env;
  }
}

function flagRows(flags: FlagInput): Row[] {
  return Object.entries(flags)
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]): Row => [flagTerm(name, flag), flag.description ?? '']);
}

function columns(rows: readonly Row[], indent: number, width: number): string[] {
  return twoColumns(rows, { indent, width, widest: width < 60 ? 12 : 27 });
}

function flagTerm(name: string, flag: FlagInput[string]): string {
  const term = `--${name}${flag.char === undefined ? '' : `, -${flag.char}`}`;
  if (flag.type === 'boolean') return term;
  if (flag.multiple) return `${term} value ...`;
  const preset: unknown = flag.default ?? flag.defaultHelp;
  const shown = typeof preset === 'number' || (typeof preset === 'string' && preset !== '');
  return shown ? `${term} "${preset}"` : `${term} value`;
}
