import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { passphraseFlag } from '../../cli/line/flags.js';
import { programName } from '../../cli/line/program.js';
import { TsmachineError } from '../../base/errors.js';

export default class SwarmRestore extends MachineCommand {
  static override summary = 'Make a machine the manager of a swarm as it was saved';
  static override description = 'The members of then that answer join it again; tsmachine swarm recover brings back the others later.';
  static override usage = 'file name';
  static override operands = { kind: 'files' } as const;
  static override examples = ['<%= config.bin %> swarm restore swarm.tsm manager4'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    ...passphraseFlag,
    force: Flags.boolean({ description: 'Also onto a machine that is in a swarm, and while the swarm works without it' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmRestore);
    const [file, machine, ...more] = argv;
    if (file === undefined || machine === undefined || more.length > 0) {
      throw new TsmachineError('USAGE', 'Name the backup and one machine', { hint: `${programName()} swarm restore FILE MACHINE` });
    }
    this.afterInterrupt = `Run the same command again, with --force: ${programName()} swarm restore --force ${file} ${machine}`;
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
