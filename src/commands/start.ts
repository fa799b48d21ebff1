import { MachineCommand } from '../cli/command.js';
import { newAddressesNote } from '../cli/output/notes.js';

export default class Start extends MachineCommand {
  static override summary = 'Start a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override examples = ['<%= config.bin %> start m1 m2'];
  static override operands = { kind: 'machines', feature: 'powerControl' } as const;
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Start);
    const { startMachine } = await import('../machine/lifecycle.js');
    await this.onAll(argv, (session, name) => startMachine(session, name));
    this.io.info(newAddressesNote('Started'));
  }
}
