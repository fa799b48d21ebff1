import { MachineCommand } from '../../cli/command.js';
import { someNames } from '../../cli/line/names.js';

export default class SwarmActivate extends MachineCommand {
  static override summary = 'Have machines take tasks';
  static override description = 'What "swarm drain" and "swarm pause" ended.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm activate worker1'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmActivate);
    const names = someNames(argv);
    const { setAvailability } = await import('../../swarm/members/availability.js');
    await setAvailability(await this.session(), names, 'active');
  }
}
