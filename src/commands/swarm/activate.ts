import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmActivate extends MachineCommand {
  static override summary = 'Let the nodes of machines take tasks again';
  static override description = 'Undoes "<%= config.bin %> swarm drain" and "<%= config.bin %> swarm pause".';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm activate worker1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'member' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmActivate);
    const names = atLeastOneName(argv);
    const { setAvailability } = await import('../../swarm/members/availability.js');
    await setAvailability(await this.session(), names, 'active');
  }
}
