import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmPause extends MachineCommand {
  static override summary = 'Give machines no new tasks, but keep the running ones';
  static override description = 'Undo it with "<%= config.bin %> swarm activate".';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm pause worker1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'member' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmPause);
    const names = atLeastOneName(argv);
    const { setAvailability } = await import('../../swarm/members/availability.js');
    await setAvailability(await this.session(), names, 'pause');
  }
}
