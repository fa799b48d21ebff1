import { Help } from '@oclif/core/help';
import type { Command } from '@oclif/core';

import type { MachineCommand } from '../command.js';
import type { FlagInput } from './flags.js';
import { globalFlags } from './globals.js';
import { isMachineConfig } from './oclif.js';
import { commandGroups, topicSummaries } from './groups.js';
import { programName, standsInForDockerMachine } from './program.js';
import { findCommandWords, commandWords, verbsOf } from './topic.js';
import { unknownCommand, usageLine } from './usage.js';
import { tabbedColumns, twoColumns, wrap } from './wrap.js';

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
    if (!command) throw unknownCommand(names, this.config.commands);
    await this.showCommandHelp(
      command,
      argv.filter((word) => !id.split(':').includes(word)),
    );
  }

  /** Completion scripts expect each option on a line that begins with `   --name`. */
  override async showCommandHelp(command: Command.Loadable, words: readonly string[] = []): Promise<void> {
    const { id, summary = '', description = '', usage } = command;
    const loaded = (await command.load()) as unknown as typeof MachineCommand;
    const flags = await loaded.helpFlags(words, this.env());
    const lines = [usageLine({ id, flags, usage }), '', ...wrap(this.render(summary), this.width), ''];
    if (description !== '') lines.push('Description:', ...wrap(this.render(description), this.width - 3).map((line) => `   ${line}`), '');
    for (const [title, rows] of flagGroups(flags)) lines.push(`${title}:`, '   ', ...this.columns(rows, 3), '');
    this.log([...lines, ...(await this.exampleLines(loaded, words))].join('\n').trimEnd());
  }

  /** Docker Machine showed none: its completion script for zsh takes every line with the driver's name for a flag. */
  private async exampleLines(command: typeof MachineCommand, words: readonly string[]): Promise<string[]> {
    if (standsInForDockerMachine()) return [];
    const examples = await command.helpExamples(words, this.env());
    return ['Example:', ...examples.map((example) => `   ${this.render(example)}`)];
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
        ...this.columns([...flagRows(globalFlags), ['--help, -h', 'show help'], ['--version, -v', 'print the version']], 2),
        '',
        ...(standsInForDockerMachine() ? this.commandList() : this.groupedCommands()),
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
        ...this.columns(this.commandRows(verbs), 2),
        '',
        `Run '${programName()} ${topic} COMMAND --help' for more information on a command.`,
      ].join('\n'),
    );
  }

  /** One line for each command and topic: Docker Machine's completion script for zsh reads them all. */
  private commandList(): string[] {
    const plain = this.commandRows(this.sortedCommands.filter(({ id }) => !id.includes(':')));
    return ['Commands:', ...this.columns([...plain.slice(0, -1), ...Object.entries(topicSummaries), ...plain.slice(-1)], 2)];
  }

  private groupedCommands(): string[] {
    const rows = Object.entries(commandGroups).flatMap(([group, words]) => {
      const commands = words.flatMap((word) => this.sortedCommands.filter(({ id }) => id === word || id.startsWith(`${word}:`)));
      return ['', ` ${group}`, ...this.columns(this.commandRows(commands), 2)];
    });
    return ['Commands:', ...rows];
  }

  private commandRows(commands: readonly Command.Loadable[]): Row[] {
    return commands.map(({ id, summary = '' }): Row => [commandWords(id), this.render(summary)]);
  }

  /** Under the old name with tabs, which completion scripts look for, and each on one line. */
  private columns(rows: readonly Row[], indent: number): string[] {
    if (standsInForDockerMachine()) return tabbedColumns(rows, indent);
    return twoColumns(rows, { indent, width: this.width, widest: this.width < 60 ? 12 : 27 });
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

/** The rows of all flags by their headings. Docker Machine had one heading, and one list. */
function flagGroups(flags: FlagInput): Map<string, Row[]> {
  const groups = new Map<string, FlagInput>();
  for (const [name, flag] of Object.entries(flags)) {
    const title = (standsInForDockerMachine() ? undefined : flag.helpGroup) ?? 'Options';
    if (flag.hidden !== true) groups.set(title, { ...groups.get(title), [name]: flag });
  }
  const own = groups.get('Options');
  groups.delete('Options');
  return new Map([...(own ? [['Options', own] as const] : []), ...groups].map(([title, some]) => [title, flagRows(some)]));
}

function flagRows(flags: FlagInput): Row[] {
  return Object.entries(flags)
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]): Row => [flagTerm(name, flag), flagText(flag)]);
}

/** What the flag is for. A flag described as data names its values itself. */
function flagText(flag: FlagInput[string]): string {
  const { description = '' } = flag;
  return flag.type === 'option' && flag.options ? `${description}: ${flag.options.join(', ')}` : description;
}

function flagTerm(name: string, flag: FlagInput[string]): string {
  const term = `--${name}${flag.char === undefined ? '' : `, -${flag.char}`}`;
  if (flag.type === 'boolean') return term;
  const old = standsInForDockerMachine();
  if (flag.multiple) return old ? `${term} [--${name} option --${name} option]` : `${term} value ...`;
  const preset: unknown = flag.default ?? flag.defaultHelp;
  const shown = typeof preset === 'number' || (typeof preset === 'string' && preset !== '');
  return shown ? `${term} "${preset}"` : `${term} ${old ? '' : 'value'}`;
}
