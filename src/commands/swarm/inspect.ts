import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { optionalArgument } from '../../cli/line/arguments.js';

export default class SwarmInspect extends MachineCommand {
  static override summary = 'Print the details of a swarm as JSON';
  static override description =
    'Argument is a swarm or a machine in it; optional when there is only one swarm. Join tokens and keys are left out.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm inspect'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmInspect);
    const given = optionalArgument(argv);
    const { inspectSwarm } = await import('../../swarm/status/inspect.js');
    this.print(JSON.stringify(await inspectSwarm(await this.session(), given), undefined, 2));
  }
}
