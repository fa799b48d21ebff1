import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';

export default class Ip extends MachineCommand {
  static override summary = 'Get the IP address of a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override examples = ['<%= config.bin %> ip m1'];
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Ip);
    const { machineIp } = await import('../machine/query.js');
    const found = await this.onAll(argv, async (session, name) => ({ name, ip: await machineIp(session, name) }));
    this.show(found, () => found.map(({ ip }) => ip).join('\n'));
  }
}
