import { MachineCommand } from '../cli/command.js';

export default class Stop extends MachineCommand {
  static override summary = 'Stop a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override examples = ['<%= config.bin %> stop m1 m2'];
  static override operands = { kind: 'machines', feature: 'powerControl' } as const;
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Stop);
    const { stopMachine } = await import('../machine/lifecycle.js');
    await this.onAll(argv, (session, name) => stopMachine(session, name));
  }
}
