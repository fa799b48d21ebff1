import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { optionalArgument } from '../../cli/line/arguments.js';
import { nodesTable } from '../../cli/output/nodes-table.js';

export default class SwarmNodes extends MachineCommand {
  static override summary = 'List the nodes of a swarm and their machines';
  static override description =
    'Argument is a swarm or a machine in it; optional when there is only one swarm.' +
    ' Also lists nodes that are not machines of this store, and machines that have not joined.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm nodes'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = {
    quiet: Flags.boolean({ char: 'q', description: 'Print only the names of machines' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmNodes);
    const given = optionalArgument(argv);
    const { listSwarmNodes } = await import('../../swarm/status/nodes.js');
    const rows = await listSwarmNodes(await this.session(), given);
    if (!flags.quiet) return this.show(rows, () => nodesTable(rows));
    const names = rows.flatMap(({ machine }) => machine ?? []);
    if (names.length > 0 || flags.json) this.show(names, () => names.join('\n'));
  }
}
