import { planText } from '../../cli/output/plan-text.js';
import { SwarmUpCommand } from '../../cli/swarm-up-command.js';

export default class SwarmPlan extends SwarmUpCommand {
  static override summary = 'Show what swarm up would change';
  static override description =
    "Takes the arguments of '<%= config.bin %> swarm up'." +
    ' Exits with status 0 if there is nothing to change, 2 if there are changes, 1 if there is a problem.';
  static override examples = ['<%= config.bin %> swarm plan', '<%= config.bin %> swarm plan -f prod/swarm.yaml'];

  async run(): Promise<void> {
    const { declared } = await this.declared();
    const { planUp } = await import('../../swarm/up/up.js');
    const report = await planUp(await this.session(), declared);
    this.show(report, () => planText(report));
    if (report.problems.length > 0) this.exit(1);
    if (report.steps.length > 0) this.exit(2);
  }
}
