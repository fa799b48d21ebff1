import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { passphraseFlag } from '../cli/line/flags.js';
import { atLeastOneName } from '../cli/line/arguments.js';
import { TsmachineError } from '../base/errors.js';
import { run } from '../base/text.js';

export default class Export extends MachineCommand {
  static override summary = 'Save machines to a file, to use them on another computer';
  static override description = 'Argument(s) are one or more machine names. The file contains their configuration, keys and certificates.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> export --encrypt -o machines.tsm m1 m2'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    output: Flags.string({ char: 'o', description: 'The file to write (mode 0600)' }),
    encrypt: Flags.boolean({ description: 'Ask for a passphrase and encrypt the file with it' }),
    ...passphraseFlag,
    'with-ca-key': Flags.boolean({ description: 'Include the CA key, so that certificates can be renewed elsewhere' }),
    'with-ssh-key': Flags.boolean({ description: 'Include your own SSH key if a machine uses it' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Export);
    const names = atLeastOneName(argv);
    const { output, encrypt: ask, 'passphrase-file': file } = flags;
    if (output === undefined || output === '') {
      throw new TsmachineError('FLAG_MISSING', 'export needs the name of the file to write', {
        hint: run('export', '-o', 'machines.tsm', ...names),
      });
    }
    const [session, { exportMachines }, { newPassphrase }] = await Promise.all([
      this.session(),
      import('../transfer/export.js'),
      import('../transfer/passphrase.js'),
    ]);
    const passphrase = await newPassphrase(session, { file, ask });
    await exportMachines(session, { names, output, passphrase, withCaKey: flags['with-ca-key'], withSshKey: flags['with-ssh-key'] });
  }
}
