import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { optionalArgument } from '../../cli/line/arguments.js';
import { swarmStatusText } from '../../cli/output/swarm-status-text.js';

export default class SwarmStatusCommand extends MachineCommand {
  static override summary = 'Show the state of a swarm, and how to fix its problems';
  static override description =
    'Argument is a swarm or a machine in it; optional when there is only one swarm.' +
    ' Exits with status 1 if there is a fault, 0 if there are only warnings.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm status'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmStatusCommand);
    const given = optionalArgument(argv);
    const { swarmStatus } = await import('../../swarm/status/status.js');
    const status = await swarmStatus(await this.session(), given);
    this.show(status, () => swarmStatusText(status));
    if (!status.healthy) this.exit(1);
  }
}
