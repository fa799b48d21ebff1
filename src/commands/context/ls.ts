import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { noArguments } from '../../cli/line/arguments.js';
import { table } from '../../cli/output/table.js';

export default class ContextLs extends MachineCommand {
  static override summary = 'List the Docker contexts of machines';
  static override usage = '';
  static override examples = ['<%= config.bin %> context ls'];
  static override operands = { kind: 'none' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(ContextLs);
    noArguments(argv);
    const { listContexts } = await import('../../machine/context.js');
    const rows = await listContexts(await this.session());
    const lines = rows.map(({ context, machine, state, current, host }) => [context, machine, state, current ? '*' : '-', host]);
    this.show(rows, () => table([['CONTEXT', 'MACHINE', 'STATE', 'CURRENT', 'URL'], ...lines]));
  }
}
