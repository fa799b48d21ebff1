import { MachineCommand } from '../cli/command.js';
import { newAddressesNote } from '../cli/output/notes.js';

export default class Restart extends MachineCommand {
  static override summary = 'Restart a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override examples = ['<%= config.bin %> restart m1 m2'];
  static override operands = { kind: 'machines', feature: 'powerControl' } as const;
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Restart);
    const { restartMachine } = await import('../machine/lifecycle.js');
    await this.onAll(argv, (session, name) => restartMachine(session, name));
    this.io.info(newAddressesNote('Restarted'));
  }
}
