import { MachineCommand } from '../cli/command.js';

export default class Kill extends MachineCommand {
  static override summary = 'Kill a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override examples = ['<%= config.bin %> kill m1 m2'];
  static override operands = { kind: 'machines', feature: 'powerControl' } as const;
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Kill);
    const { killMachine } = await import('../machine/lifecycle.js');
    await this.onAll(argv, (session, name) => killMachine(session, name));
  }
}
