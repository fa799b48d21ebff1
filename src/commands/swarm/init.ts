import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { addressFlags, availabilityFlag } from '../../cli/swarm-flags.js';

export default class SwarmInit extends MachineCommand {
  static override summary = 'Make a swarm with a machine as its first manager';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> swarm init manager1'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    name: Flags.string({ description: 'What this store calls the swarm', default: 'default' }),
    ...addressFlags,
    ...availabilityFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmInit);
    const { session, name } = await this.oneMachine(argv);
    const { initSwarmOn } = await import('../../core/swarm/init.js');
    await initSwarmOn(session, name, {
      name: flags.name, settings: {}, availability: flags.availability,
      advertiseAddr: flags['advertise-addr'], listenAddr: flags['listen-addr'], dataPathAddr: flags['data-path-addr'],
    });
  }
}
