import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { passphraseFlag } from '../../cli/line/flags.js';
import { oneOrNone } from '../../cli/line/names.js';

export default class SwarmBackup extends MachineCommand {
  static override summary = 'Save all that a swarm knows into one file';
  static override description =
    'Taken from a manager that is not the leader, whose engine is stopped for some seconds; a machine named is the one. ' +
    'Unlock keys are not in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm backup -o swarm.tsm --encrypt'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    output: Flags.string({ char: 'o', description: 'The file to write (mode 0600); one in the store' }),
    encrypt: Flags.boolean({ description: 'Ask for a passphrase to encrypt with' }),
    ...passphraseFlag,
    force: Flags.boolean({ description: 'Also when the swarm has no quorum meanwhile' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmBackup);
    const { output, encrypt: ask, force, 'passphrase-file': file } = flags;
    const [session, { backupSwarm }, { newPassphrase }] = await Promise.all([
      this.session(),
      import('../../swarm/rescue/backup.js'),
      import('../../transfer/passphrase.js'),
    ]);
    await backupSwarm(session, oneOrNone(argv), { output, force, passphrase: await newPassphrase(session, { file, ask }) });
  }
}
