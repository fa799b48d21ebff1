import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { sourcesAndTarget } from '../cli/line/arguments.js';

export default class Scp extends MachineCommand {
  static override summary = 'Copy files between machines';
  static override description =
    'Arguments are [[user@]machine:][path] [[user@]machine:][path]. Several sources go into a folder. Modes, times and symbolic links ' +
    'are kept. A file appears under its name only when it is complete.';
  static override usage = 'FROM... TO';
  static override examples = ['<%= config.bin %> scp -r ./site web1:/srv'];
  static override hiddenAliases = ['cp'];
  static override flags = {
    recursive: Flags.boolean({ char: 'r', description: 'Copy files recursively (required to copy directories)' }),
    delta: Flags.boolean({
      char: 'd',
      description: 'Send only the differences between files (uses rsync)',
    }),
    quiet: Flags.boolean({ char: 'q', description: 'Do not show progress, nor warnings and diagnostics from ssh' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Scp);
    const [from, to] = sourcesAndTarget(argv);
    const { copyFiles } = await import('../copy/scp.js');
    const status = await copyFiles(await this.session(), from, to, { ...flags, native: this.globals.nativeSsh });
    if (status !== 0) this.exit(status);
  }
}
