import * as Flags from '@oclif/core/flags';

import { run, say } from '../../base/text.js';
import { doneText } from '../../cli/output/plan-text.js';
import { SwarmUpCommand } from '../../cli/swarm-up-command.js';

export default class SwarmUp extends SwarmUpCommand {
  static override summary = 'Create or change a whole swarm as a file or flags describe it';
  static override description =
    'Creates and starts machines, creates the swarm, joins, promotes and labels nodes, and removes machines that it created earlier and' +
    ' that are no longer declared. Run it again to finish after an interruption; it changes nothing in a swarm that is as declared.' +
    ' Before it removes any it asks; -y answers yes.' +
    " '<%= config.bin %> swarm up --driver NAME --help' also lists the flags of that driver.";
  static override examples = ['<%= config.bin %> swarm up', '<%= config.bin %> swarm up --managers 3 --workers 2 -d nspawn prod'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    ...SwarmUpCommand.flags,
    y: Flags.boolean({ char: 'y', description: 'Do not ask before machines are removed that are no longer declared' }),
  };

  async run(): Promise<void> {
    this.afterInterrupt = say`Run the same command again to continue. To see what is left to do: ${run('swarm', 'plan')}`;
    const { declared, confirmed } = await this.declared();
    const { bringUp } = await import('../../swarm/up/up.js');
    const report = await bringUp(await this.session(), {
      ...declared,
      ioOf: (name) => this.io.forMachine(name, false),
      confirmRemoval: (machines) => confirmed || this.agreesToRemove(machines, declared.command ?? []),
    });
    this.show(report, () => doneText(report));
  }

  private agreesToRemove(machines: readonly string[], command: readonly string[]): Promise<boolean> {
    this.io.info(`About to remove ${machines.join(', ')}, which ${machines.length === 1 ? 'is' : 'are'} no longer declared`);
    this.io.info('WARNING: This removes the machines themselves, with their volumes.');
    const at = command.findIndex((word, i) => word === 'up' && command[i - 1] === 'swarm') + 1;
    return this.agrees('Are you sure? (y/n): ', run(...command.slice(0, at), '-y', ...command.slice(at)));
  }
}
