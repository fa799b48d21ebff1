import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/flags.js';

export default class Status extends MachineCommand {
  static override summary = 'Get the status of a machine';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override example = 'status m1';
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { session, name } = await this.oneMachine(Status.flags);
    const { machineState } = await import('../core/query.js');
    const state = await machineState(session, name);
    this.show({ name, state }, () => (state === 'None' ? '' : state));
  }
}
