import * as Flags from '@oclif/core/flags';

import { isYes } from '../../cli/terminal/answer.js';
import { MachineCommand } from '../../cli/command.js';
import { oneOrNone } from '../../cli/line/names.js';
import { programName } from '../../cli/line/program.js';

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
    file: Flags.string({ char: 'f', description: 'The swarm that this file describes' }),
    'keep-machines': Flags.boolean({ description: 'Only end the swarm: the machines stay' }),
    y: Flags.boolean({ char: 'y', description: 'Do not ask' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmDown);
    const given = oneOrNone(argv);
    const session = await this.session();
    const { endSwarm, swarmToEnd } = await import('../../swarm/members/leave/down.js');
    const { name, members } = await swarmToEnd(session, { name: given, file: flags.file, cwd: process.cwd() });
    this.afterInterrupt = `Run it again to finish: ${programName()} swarm down ${name}`;
    const machines = Object.keys(members).join(', ');
    this.io.info(
      flags['keep-machines'] ? `About to end swarm "${name}" of ${machines}` : `About to end swarm "${name}" and to remove ${machines}`,
    );
    if (!flags.y && !isYes(await this.ask('Are you sure? (y/n): '))) return;
    await endSwarm(session, name, { keepMachines: flags['keep-machines'] });
  }
}
