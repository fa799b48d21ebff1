import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmDrain extends MachineCommand {
  static override summary = 'Move all tasks off machines, and give them no new ones';
  static override description = 'Waits until the tasks run on other nodes. Undo it with "<%= config.bin %> swarm activate".';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm drain worker1'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'member' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmDrain);
    const names = atLeastOneName(argv);
    const { setAvailability } = await import('../../swarm/members/availability.js');
    await setAvailability(await this.session(), names, 'drain');
  }
}
