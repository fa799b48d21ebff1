import { MachineCommand } from '../../cli/command.js';
import { noArguments } from '../../cli/line/arguments.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { table } from '../../cli/output/table.js';

export default class DriverLs extends MachineCommand {
  static override summary = 'List drivers: built in, npm packages, plugins of Docker Machine';
  static override description = 'None of them is run. Of several with one name the first is used.';
  static override usage = '';
  static override examples = ['<%= config.bin %> driver ls'];
  static override operands = { kind: 'none' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(DriverLs);
    noArguments(argv);
    const { listDrivers } = await import('../../machine/drivers/list.js');
    const rows = await listDrivers(await this.session());
    const lines = rows.map(({ driver, kind, version = '', path = '', used, problem }) => [
      driver,
      used ? '*' : '-',
      kind,
      version,
      path,
      problem ?? '',
    ]);
    this.show(rows, () => table([['NAME', 'USED', 'FROM', 'VERSION', 'PATH', 'PROBLEM'], ...lines]));
  }
}
