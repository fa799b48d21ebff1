import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { oneOrNone } from '../../cli/line/names.js';
import { programName } from '../../cli/line/program.js';

export default class SwarmRecover extends MachineCommand {
  static override summary = 'Bring a swarm back that has lost most of its managers for good';
  static override description =
    'The best manager that is left goes on alone with everything it knows, saved first; the others join it again with their roles, ' +
    'labels and availability. The argument is a swarm, or a machine in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm recover'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ description: 'Also when managers that are off would bring the quorum back' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmRecover);
    const given = oneOrNone(argv);
    this.afterInterrupt = `Run the same command again to continue: ${[programName(), 'swarm', 'recover', given ?? ''].join(' ').trim()}`;
    const [session, { recoverSwarm }] = await Promise.all([this.session(), import('../../swarm/rescue/recover.js')]);
    await recoverSwarm(session, given, { force: flags.force });
  }
}
