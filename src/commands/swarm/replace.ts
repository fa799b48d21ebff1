import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { programName } from '../../cli/line/program.js';

export default class SwarmReplace extends MachineCommand {
  static override summary = 'Put a new machine in the place of one of a swarm, dead or alive';
  static override description =
    'The new one is made as the old one was, and takes over its role, labels and availability. The old one is removed.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> swarm replace worker2', '<%= config.bin %> swarm replace --as manager4 manager1'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    as: Flags.string({ description: 'Name of the new machine, which then joins before the old one goes' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmReplace);
    const { session, name } = await this.oneMachine(argv);
    this.afterInterrupt = `Run the same command again to continue: ${programName()} swarm replace ${name}`;
    const { replaceMachine } = await import('../../swarm/members/replace.js');
    await replaceMachine(session, name, flags.as);
  }
}
