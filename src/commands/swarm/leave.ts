import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { someNames } from '../../cli/line/names.js';

export default class SwarmLeave extends MachineCommand {
  static override summary = 'Take machines out of their swarm; the machines stay';
  static override description = 'Their tasks move first, and the managers that stay keep their quorum.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm leave worker1'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ description: 'Also a machine that is gone or does not answer, and out of a swarm that has lost its quorum' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmLeave);
    const names = someNames(argv);
    const session = await this.session();
    const { leaveMachines } = await import('../../swarm/members/leave/leave.js');
    await leaveMachines(session, names, { force: flags.force });
  }
}
