import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { oneOrNone } from '../../cli/line/names.js';
import { nodesTable } from '../../cli/output/nodes-table.js';

export default class SwarmNodes extends MachineCommand {
  static override summary = 'List the nodes of a swarm beside its machines';
  static override description =
    'Argument is a swarm or a machine in it; not needed when there is one swarm.' +
    ' Also lists nodes that are no machines of this store, and machines that are no nodes (yet).';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm nodes'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = {
    quiet: Flags.boolean({ char: 'q', description: 'Names of machines alone' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmNodes);
    const given = oneOrNone(argv);
    const { listSwarmNodes } = await import('../../swarm/status/nodes.js');
    const rows = await listSwarmNodes(await this.session(), given);
    if (!flags.quiet) return this.show(rows, () => nodesTable(rows));
    const names = rows.flatMap(({ machine }) => machine ?? []);
    if (names.length > 0 || flags.json) this.show(names, () => names.join('\n'));
  }
}
