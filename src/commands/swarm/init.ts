import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { addressFlags, availabilityFlag, givenAddresses, settingsFlags, settingsSection } from '../../cli/options/swarm-flags.js';

export default class SwarmInit extends MachineCommand {
  static override summary = 'Make a swarm with a machine as its first manager';
  static override description =
    'A swarm that the machine is a manager of already, made by hand, is taken into the store as it is.' +
    ' Durations are written 90s, 10m or 2160h.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> swarm init manager1', '<%= config.bin %> swarm init --autolock --name prod manager1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machine' } as const;
  static override flags = {
    name: Flags.string({ description: 'What this store calls the swarm', default: 'default' }),
    ...addressFlags,
    ...availabilityFlag,
    ...settingsFlags,
    'force-new-cluster': Flags.boolean({
      description: 'Begin anew with what the machine knows of its swarm, without the other managers; "swarm recover" does more',
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
