import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { optionalArgument } from '../../cli/line/arguments.js';
import { run, say } from '../../base/text.js';

export default class SwarmRecover extends MachineCommand {
  static override summary = 'Restore a swarm that has lost most of its managers for good';
  static override description =
    'Saves the state of the best remaining manager and continues the swarm with it alone. The others then rejoin with their roles, ' +
    'labels and availability. Argument is a swarm or a machine in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm recover'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ description: 'Continue even if starting managers that are off would restore the quorum' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmRecover);
    const given = optionalArgument(argv);
    this.afterInterrupt = say`Run the same command again to continue: ${run('swarm', 'recover', ...(given === undefined ? [] : [given]))}`;
    const [session, { recoverSwarm }] = await Promise.all([this.session(), import('../../swarm/rescue/recover.js')]);
    await recoverSwarm(session, given, { force: flags.force });
  }
}
