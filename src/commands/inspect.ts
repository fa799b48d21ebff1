import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/flags.js';

export default class Inspect extends MachineCommand {
  static override summary = 'Inspect information about a machine';
  static override description = 'Argument is a machine name. Prints its configuration as JSON.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> inspect m1'];
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Inspect);
    const { session, name } = await this.oneMachine(argv);
    const { inspectMachine } = await import('../core/query.js');
    const { serializeHostConfig } = await import('../store/schema.js');
    this.print(serializeHostConfig(await inspectMachine(session, name)));
  }
}
