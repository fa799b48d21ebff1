import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';
import { jsonFlag } from '../../cli/line/flags.js';

export default class DriverRm extends MachineCommand {
  static override summary = 'Remove drivers that were added from npm packages';
  static override description =
    'Argument(s) are one or more names of drivers or packages. A driver that still has machines is not removed.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> driver rm hello'];
  static override operands = { kind: 'none' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(DriverRm);
    const names = atLeastOneName(argv);
    const { removeDriver } = await import('../../machine/drivers/remove.js');
    const session = await this.session();
    const removed: string[] = [];
    for (const name of names) removed.push(...(await removeDriver(session, name)));
    this.show({ removed }, () => removed.map((name) => `Removed ${name}`).join('\n'));
  }
}
