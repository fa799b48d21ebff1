import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { nameAndRest } from '../../cli/line/arguments.js';
import { labelLines } from '../../cli/output/nodes-table.js';

export default class SwarmLabel extends MachineCommand {
  static override summary = 'Set and remove the node labels of a machine';
  static override description = 'key=value sets a label, key- removes it. Without arguments after the name, prints the labels.';
  static override usage = 'name [key=value...] [key-...]';
  static override examples = ['<%= config.bin %> swarm label worker1 zone=a disk-', '<%= config.bin %> swarm label worker1'];
  static override operands = { kind: 'machine', role: 'member' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmLabel);
    const [name, words] = nameAndRest(argv);
    const session = await this.session();
    const { labelsOf, setLabels } = await import('../../swarm/members/set-labels.js');
    const labels = words.length === 0 ? await labelsOf(session, name) : await setLabels(session, name, words);
    if (flags.json || Object.keys(labels).length > 0) this.show(labels, () => labelLines(labels));
  }
}
