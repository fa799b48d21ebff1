import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { passphraseFlag } from '../../cli/line/flags.js';
import { optionalArgument } from '../../cli/line/arguments.js';

export default class SwarmBackup extends MachineCommand {
  static override summary = 'Save the whole state of a swarm in a file';
  static override description =
    'Copies the state of a manager whose engine is stopped for a few seconds: the machine that is named, or one that is not the leader. ' +
    'The file does not contain unlock keys.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm backup -o swarm.tsm --encrypt'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    output: Flags.string({ char: 'o', description: 'The file to write (mode 0600); the default is a file in the store' }),
    encrypt: Flags.boolean({ description: 'Ask for a passphrase and encrypt the file with it' }),
    ...passphraseFlag,
    force: Flags.boolean({ description: 'Continue even if the swarm has no quorum during the backup' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmBackup);
    const { output, encrypt: ask, force, 'passphrase-file': file } = flags;
    const [session, { backupSwarm }, { newPassphrase }] = await Promise.all([
      this.session(),
      import('../../swarm/rescue/backup.js'),
      import('../../transfer/passphrase.js'),
    ]);
    await backupSwarm(session, optionalArgument(argv), { output, force, passphrase: await newPassphrase(session, { file, ask }) });
  }
}
