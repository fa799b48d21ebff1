import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { oneOrNone } from '../../cli/line/names.js';
import { swarmStatusText } from '../../cli/output/swarm-status-text.js';

export default class SwarmStatusCommand extends MachineCommand {
  static override summary = 'Say how a swarm is, and what mends what is wrong';
  static override description =
    'Argument is a swarm or a machine in it; not needed when there is one swarm.' +
    ' Exit status 1 when there is a fault; warnings alone are 0.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm status'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmStatusCommand);
    const given = oneOrNone(argv);
    const { swarmStatus } = await import('../../swarm/status/status.js');
    const status = await swarmStatus(await this.session(), given);
    this.show(status, () => swarmStatusText(status));
    if (!status.healthy) this.exit(1);
  }
}
