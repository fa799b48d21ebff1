import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmDemote extends MachineCommand {
  static override summary = 'Demote managers to workers';
  static override description = 'Demotes one after the other, the leader last. Refuses if the remaining managers would have no quorum.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm demote manager3'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'manager' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmDemote);
    const names = atLeastOneName(argv);
    const { demote } = await import('../../swarm/members/roles.js');
    await demote(await this.session(), names);
  }
}
