import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { addressFlags, availabilityFlag, givenAddresses, settingsFlags, settingsSection } from '../../cli/options/swarm-flags.js';

export default class SwarmInit extends MachineCommand {
  static override summary = 'Create a swarm with a machine as its first manager';
  static override description =
    'If the machine already manages a swarm that was created by hand, that swarm is added to the store unchanged.' +
    ' Durations are written 90s, 10m or 2160h.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> swarm init manager1', '<%= config.bin %> swarm init --autolock --name prod manager1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machine' } as const;
  static override flags = {
    name: Flags.string({ description: 'Name of the swarm in this store', default: 'default' }),
    ...addressFlags,
    ...availabilityFlag,
    ...settingsFlags,
    'force-new-cluster': Flags.boolean({
      description: 'Start a new swarm from the state on this machine, without the other managers; "swarm recover" does more',
    }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmInit);
    const { session, name } = await this.oneMachine(argv);
    const { initSwarmOn } = await import('../../swarm/members/init.js');
    await initSwarmOn(session, name, {
      name: flags.name,
      settings: settingsSection(flags),
      availability: flags.availability,
      forceNewCluster: flags['force-new-cluster'],
      ...givenAddresses(flags),
    });
  }
}
