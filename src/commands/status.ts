import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';

export default class Status extends MachineCommand {
  static override summary = 'Get the status of a machine';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> status m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Status);
    const { session, name } = await this.oneMachine(argv);
    const { machineState } = await import('../machine/query.js');
    const state = await machineState(session, name);
    this.show({ name, state }, () => (state === 'None' ? '' : state));
  }
}
