import { programName } from '../../cli/line/program.js';
import { doneText } from '../../cli/output/plan-text.js';
import { SwarmUpCommand } from '../../cli/swarm-up-command.js';

export default class SwarmUp extends SwarmUpCommand {
  static override summary = 'Bring a whole swarm to what a file or flags say';
  static override description =
    'Creates and starts machines, makes the swarm, joins, promotes, labels, and removes machines that it made and that are declared' +
    ' no longer. Run again, it finishes what was interrupted, and changes nothing in a swarm that is right.' +
    " '<%= config.bin %> swarm up --driver name --help' includes the flags of that driver.";
  static override examples = ['<%= config.bin %> swarm up', '<%= config.bin %> swarm up --managers 3 --workers 2 -d nspawn prod'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    this.afterInterrupt = `Run the same command again to continue. What is left to do: ${programName()} swarm plan`;
    const declared = await this.declared();
    const { bringUp } = await import('../../swarm/up/up.js');
    const report = await bringUp(await this.session(), { ...declared, ioOf: (name) => this.io.forMachine(name, false) });
    this.show(report, () => doneText(report));
  }
}
