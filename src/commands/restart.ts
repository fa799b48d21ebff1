import { MachineCommand } from '../cli/command.js';
import { newAddressesNote } from '../cli/notes.js';

export default class Restart extends MachineCommand {
  static override summary = 'Restart a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override example = 'restart m1 m2';
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { restartMachine } = await import('../core/lifecycle.js');
    await this.onAll({}, (session, name) => restartMachine(session, name));
    this.io.info(newAddressesNote('Restarted'));
  }
}
