import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { passphraseFlag } from '../../cli/line/flags.js';
import { run, say } from '../../base/text.js';
import { TsmachineError } from '../../base/errors.js';

export default class SwarmRestore extends MachineCommand {
  static override summary = 'Restore a swarm from a backup onto a machine';
  static override description =
    'The machine becomes the manager of the swarm. Members that answer rejoin it;' +
    " '<%= config.bin %> swarm recover' brings the others back later.";
  static override usage = 'file name';
  static override operands = { kind: 'files' } as const;
  static override examples = ['<%= config.bin %> swarm restore swarm.tsm manager4'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    ...passphraseFlag,
    force: Flags.boolean({ description: 'Restore even if the machine is in a swarm, or the swarm still works without it' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmRestore);
    const [file, machine, ...more] = argv;
    if (file === undefined || machine === undefined || more.length > 0) {
      throw new TsmachineError('USAGE', 'Name the backup file and one machine', { hint: run('swarm', 'restore', 'FILE', 'MACHINE') });
    }
    this.afterInterrupt = say`Run the same command again, with --force: ${run('swarm', 'restore', '--force', file, machine)}`;
    const [session, { restoreSwarm }, { knownPassphrase }] = await Promise.all([
      this.session(),
      import('../../swarm/rescue/restore.js'),
      import('../../transfer/passphrase.js'),
    ]);
    await restoreSwarm(session, file, machine, {
      force: flags.force,
      passphrase: () => knownPassphrase(session, { file: flags['passphrase-file'] }),
    });
  }
}
