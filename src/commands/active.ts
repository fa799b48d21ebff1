import { MachineCommand } from '../cli/command.js';
import { jsonFlag, seconds } from '../cli/line/flags.js';
import { noArguments } from '../cli/line/arguments.js';

export default class Active extends MachineCommand {
  static override summary = 'Print which machine is active';
  static override usage = '';
  static override examples = ['<%= config.bin %> active'];
  static override operands = { kind: 'none' } as const;
  static override flags = {
    timeout: seconds({ char: 't', default: 10, description: 'Seconds to wait for the machines' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Active);
    noArguments(argv);
    const { activeMachine } = await import('../machine/list.js');
    const name = await activeMachine(await this.session(), { timeoutMs: flags.timeout * 1000 });
    this.show({ name }, () => name);
  }
}
