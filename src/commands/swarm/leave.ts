import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmLeave extends MachineCommand {
  static override summary = 'Take machines out of their swarm, but keep the machines';
  static override description = 'Moves their tasks to other nodes first, and makes sure that the remaining managers keep their quorum.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm leave worker1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'member' } as const;
  static override flags = {
    force: Flags.boolean({ description: 'Also take out a machine that does not answer, or that is in a swarm without a quorum' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmLeave);
    const names = atLeastOneName(argv);
    const session = await this.session();
    const { leaveMachines } = await import('../../swarm/members/leave/leave.js');
    await leaveMachines(session, names, { force: flags.force });
  }
}
