import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { choiceLines } from '../cli/completion/candidate.js';
import type { MachineNames, SwarmNames } from '../cli/completion/operands.js';
import { detectShell } from '../cli/shells/shells.js';
import { optionalArgument } from '../cli/line/arguments.js';

/**
 * @oclif/plugin-autocomplete is not enough: it writes the flags of the manifest into a script once, for bash, zsh and PowerShell.
 * It cannot offer the machines of a store or the flags of the driver just typed, and it does not support fish.
 */
export default class Completion extends MachineCommand {
  static override summary = 'Print the script that adds completion to a shell';
  static override description =
    'Argument is bash, zsh, fish or powershell; the default is to detect it. For bash, zsh and fish the script' +
    ' also defines "<%= config.bin %> use" and the prompt function __tsmachine_ps1.';
  static override usage = '[shell]';
  static override examples = ['<%= config.bin %> completion bash >> ~/.bashrc', 'eval "$(<%= config.bin %> completion zsh)"'];
  static override operands = { kind: 'shell' } as const;
  static override flags = {
    words: Flags.boolean({ hidden: true, description: 'Print the completions of the last word after --' }),
    'new-word': Flags.boolean({ hidden: true, description: 'With --words: the last word is empty (PowerShell drops empty arguments)' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Completion);
    if (flags.words) return this.printWords(flags['new-word'] ? [...argv, ''] : argv);
    const { env } = this.invocation;
    const { completionScript } = await import('../cli/completion/scripts.js');
    const given = optionalArgument(argv) ?? detectShell(env, process.platform);
    this.printData((await completionScript(given)).trimEnd());
  }

  private async printWords(typed: readonly string[]): Promise<void> {
    const { complete } = await import('../cli/completion/complete.js');
    const current = typed.at(-1) ?? '';
    const choice = await complete({
      before: typed.slice(0, -1),
      current,
      commands: this.config.commands,
      env: this.invocation.env,
      machines: (path) => this.names(path),
      swarms: (path) => this.swarms(path),
    });
    const lines = choiceLines(choice, current);
    if (lines.length > 0) this.printData(lines.join('\n'));
  }

  private names(storagePath: string | undefined): MachineNames {
    return async ({ feature, role }) => {
      if (storagePath !== undefined) this.globals = { ...this.globals, storagePath };
      const { offeredNames } = await import('../machine/choose/offered.js');
      const session = await this.session();
      const names = await offeredNames(session, feature);
      if (role === undefined) return names;
      const { withRole } = await import('../swarm/reach/list.js');
      return withRole(session, names, role);
    };
  }

  private swarms(storagePath: string | undefined): SwarmNames {
    return async () => {
      if (storagePath !== undefined) this.globals = { ...this.globals, storagePath };
      return (await this.session()).store.swarms.names();
    };
  }
}
