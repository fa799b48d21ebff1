import { MachineCommand } from '../../cli/command.js';
import { someNames } from '../../cli/line/names.js';

export default class SwarmDemote extends MachineCommand {
  static override summary = 'Make managers workers';
  static override description = 'One after the other, the leader last. Refused when those that stay could decide nothing.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm demote manager3'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmDemote);
    const names = someNames(argv);
    const { demote } = await import('../../swarm/members/roles.js');
    await demote(await this.session(), names);
  }
}
