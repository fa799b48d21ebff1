import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class SwarmPromote extends MachineCommand {
  static override summary = 'Promote workers to managers';
  static override description = 'Promotes one after the other, and waits until the other managers can reach each of them.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> swarm promote worker1 worker2'];
  static override infoTo = 'stdout' as const;
  static override operands = { kind: 'machines', role: 'worker' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmPromote);
    const names = atLeastOneName(argv);
    const { promote } = await import('../../swarm/members/roles.js');
    await promote(await this.session(), names);
  }
}
