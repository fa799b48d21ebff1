import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { run, say } from '../../base/text.js';

export default class SwarmReplace extends MachineCommand {
  static override summary = 'Replace a machine of a swarm with a new one';
  static override description =
    'Creates the new machine with the settings of the old one, moves its role, labels and availability over, and removes the old one,' +
    ' which may be dead.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> swarm replace worker2', '<%= config.bin %> swarm replace --as manager4 manager1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machine', role: 'member' } as const;
  static override flags = {
    as: Flags.string({ description: 'Name of the new machine. It then joins before the old one is removed' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmReplace);
    const { session, name } = await this.oneMachine(argv);
    this.afterInterrupt = say`Run the same command again to continue: ${run('swarm', 'replace', name)}`;
    const { replaceMachine } = await import('../../swarm/members/replace.js');
    await replaceMachine(session, name, flags.as);
  }
}
