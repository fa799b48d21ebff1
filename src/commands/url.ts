import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';

export default class Url extends MachineCommand {
  static override summary = 'Get the URL of a machine';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> url m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Url);
    const { session, name } = await this.oneMachine(argv);
    const { machineUrl } = await import('../machine/query.js');
    const url = await machineUrl(session, name);
    this.show({ name, url }, () => url);
  }
}
