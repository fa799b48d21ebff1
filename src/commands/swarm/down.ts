import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { optionalArgument } from '../../cli/line/arguments.js';
import { run, say } from '../../base/text.js';

export default class SwarmDown extends MachineCommand {
  static override summary = 'End a swarm and remove its machines';
  static override usage = '[swarm]';
  static override examples = [
    '<%= config.bin %> swarm down',
    '<%= config.bin %> swarm down --keep-machines prod',
    '<%= config.bin %> swarm down -f prod/swarm.yaml',
  ];
  static override infoTo = 'stdout' as const;
  static override flags = {
    file: Flags.string({ char: 'f', description: 'Swarm file: end the swarm that it describes' }),
    'keep-machines': Flags.boolean({ description: 'End the swarm, but keep the machines' }),
    y: Flags.boolean({ char: 'y', description: 'Do not ask for confirmation' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmDown);
    const given = optionalArgument(argv);
    const session = await this.session();
    const { endSwarm, swarmToEnd } = await import('../../swarm/members/leave/down.js');
    const { name, members } = await swarmToEnd(session, { name: given, file: flags.file, cwd: process.cwd() });
    this.afterInterrupt = say`Run it again to finish: ${run('swarm', 'down', name)}`;
    const machines = Object.keys(members).join(', ');
    this.io.info(
      flags['keep-machines'] ? `About to end swarm "${name}" of ${machines}` : `About to end swarm "${name}" and to remove ${machines}`,
    );
    if (!flags.y && !(await this.agrees('Are you sure? (y/n): ', run('swarm', 'down', '-y', name)))) return;
    await endSwarm(session, name, { keepMachines: flags['keep-machines'] });
  }
}
