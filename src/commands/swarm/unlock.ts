import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { optionalArgument } from '../../cli/line/arguments.js';

export default class SwarmUnlock extends MachineCommand {
  static override summary = 'Unlock the managers of an autolocked swarm after a restart';
  static override description =
    'Uses the keys in this store, and asks for the key if none of them fits. Argument is a swarm or a machine in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm unlock'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    'rotate-key': Flags.boolean({
      description: 'Create a new key. The old ones are kept for managers that are down',
      exclusive: ['show-key'],
    }),
    'show-key': Flags.boolean({ description: 'Print the key, so that you can store it elsewhere' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmUnlock);
    const given = optionalArgument(argv);
    const [session, { unlockSwarm, rotateUnlockKey, readUnlockKey }] = await Promise.all([
      this.session(),
      import('../../swarm/rescue/unlock.js'),
    ]);
    if (flags['show-key']) this.print(await readUnlockKey(session, given));
    else if (flags['rotate-key']) await rotateUnlockKey(session, given);
    else await unlockSwarm(session, given);
  }
}
