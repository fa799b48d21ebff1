import { MachineCommand } from '../cli/command.js';

export default class Provision extends MachineCommand {
  static override summary = 'Provision existing machines again';
  static override description = 'Argument(s) are one or more machine names. Installs, configures or repairs Docker on each.';
  static override examples = ['<%= config.bin %> provision m1 m2'];
  static override operands = { kind: 'machines', feature: 'provision' } as const;
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Provision);
    const { provisionMachine } = await import('../machine/provision.js');
    await this.onAll(argv, (session, name) => provisionMachine(session, name), { prefixed: true });
  }
}
