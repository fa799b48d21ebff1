import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';
import { addressFlags, availabilityChangeFlag, givenAddresses, roleFlag } from '../../cli/options/swarm-flags.js';

export default class SwarmJoin extends MachineCommand {
  static override summary = 'Join machines to a swarm';
  static override description = 'The options also apply to machines that have already joined. An interrupted join is finished.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm join --role worker --label zone=a worker1 worker2'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'none' } as const;
  static override flags = {
    to: Flags.string({ description: 'The swarm, or a machine in it; optional when there is only one swarm' }),
    ...roleFlag,
    ...availabilityChangeFlag,
    label: Flags.string({ multiple: true, multipleNonGreedy: true, description: 'Label of the node [key=value]; repeatable' }),
    'across-networks': Flags.boolean({ description: 'Let machines join that are in another network than the members' }),
    ...addressFlags,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmJoin);
    const names = atLeastOneName(argv);
    const session = await this.session();
    const { joinMachines } = await import('../../swarm/members/join.js');
    await joinMachines(session, names, flags.to, {
      role: flags.role,
      availability: flags.availability,
      label: flags.label ?? [],
      acrossNetworks: flags['across-networks'] === true,
      ...givenAddresses(flags),
    });
  }
}
