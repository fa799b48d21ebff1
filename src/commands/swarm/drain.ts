import { MachineCommand } from '../../cli/command.js';
import { someNames } from '../../cli/line/names.js';

export default class SwarmDrain extends MachineCommand {
  static override summary = 'Take all tasks from machines, and give them no new ones';
  static override description = 'Waits until the tasks run elsewhere; "swarm activate" ends it.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm drain worker1'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmDrain);
    const names = someNames(argv);
    const { setAvailability } = await import('../../swarm/members/availability.js');
    await setAvailability(await this.session(), names, 'drain');
  }
}
