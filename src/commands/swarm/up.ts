import { run, say } from '../../base/text.js';
import { doneText } from '../../cli/output/plan-text.js';
import { SwarmUpCommand } from '../../cli/swarm-up-command.js';

export default class SwarmUp extends SwarmUpCommand {
  static override summary = 'Create or change a whole swarm as a file or flags describe it';
  static override description =
    'Creates and starts machines, creates the swarm, joins, promotes and labels nodes, and removes machines that it created earlier and' +
    ' that are no longer declared. Run it again to finish after an interruption; it changes nothing in a swarm that is as declared.' +
    " '<%= config.bin %> swarm up --driver NAME --help' also lists the flags of that driver.";
  static override examples = ['<%= config.bin %> swarm up', '<%= config.bin %> swarm up --managers 3 --workers 2 -d nspawn prod'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    this.afterInterrupt = say`Run the same command again to continue. To see what is left to do: ${run('swarm', 'plan')}`;
    const declared = await this.declared();
    const { bringUp } = await import('../../swarm/up/up.js');
    const report = await bringUp(await this.session(), { ...declared, ioOf: (name) => this.io.forMachine(name, false) });
    this.show(report, () => doneText(report));
  }
}
