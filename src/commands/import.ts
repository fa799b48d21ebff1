import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { passphraseFlag } from '../cli/line/flags.js';
import { oneFile, parseRenames } from '../cli/line/arguments.js';

export default class Import extends MachineCommand {
  static override summary = 'Add the machines in a file written by export';
  static override description = 'Argument is the file. Either all of its machines are added to the store, or none.';
  static override usage = 'file';
  static override examples = ['<%= config.bin %> import --name m1=web machines.tsm'];
  static override operands = { kind: 'files' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    name: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Import the machine OLD under the name NEW [OLD=NEW]; repeatable',
    }),
    ...passphraseFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Import);
    const request = { file: oneFile(argv), renamed: parseRenames(flags.name ?? []) };
    const [session, { importMachines }, { knownPassphrase }] = await Promise.all([
      this.session(),
      import('../transfer/import.js'),
      import('../transfer/passphrase.js'),
    ]);
    await importMachines(session, { ...request, passphrase: () => knownPassphrase(session, { file: flags['passphrase-file'] }) });
  }
}
