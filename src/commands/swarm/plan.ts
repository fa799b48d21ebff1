import { planText } from '../../cli/output/plan-text.js';
import { SwarmUpCommand } from '../../cli/swarm-up-command.js';

export default class SwarmPlan extends SwarmUpCommand {
  static override summary = 'Show what swarm up would do, without doing it';
  static override description =
    "Takes what '<%= config.bin %> swarm up' takes. Exit status 0 when nothing is to be done, 2 when something is, 1 when something is in the way.";
  static override examples = ['<%= config.bin %> swarm plan', '<%= config.bin %> swarm plan -f prod/swarm.yaml'];

  async run(): Promise<void> {
    const declared = await this.declared();
    const { planUp } = await import('../../swarm/up/up.js');
    const report = await planUp(await this.session(), declared);
    this.show(report, () => planText(report));
    if (report.problems.length > 0) this.exit(1);
    if (report.steps.length > 0) this.exit(2);
  }
}
