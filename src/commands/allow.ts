import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';

export default class Allow extends MachineCommand {
  static override summary = 'Let an address reach machines through the firewall of their cloud';
  static override description =
    'Argument(s) are one or more machine names. Without --cidr it is the address of this computer. What was allowed before stays so.';
  static override examples = ['<%= config.bin %> allow m1', '<%= config.bin %> allow --cidr 203.0.113.0/24 m1 m2'];
  static override operands = { kind: 'machines' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    cidr: Flags.string({ multiple: true, multipleNonGreedy: true, description: 'A network or an address to let in; repeatable' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Allow);
    const { allowAccess } = await import('../machine/access/allow.js');
    await this.onAll(argv, async (session, name) => {
      const added = await allowAccess(session, name, flags.cidr ?? []);
      const reach = `SSH and the engine of ${name}`;
      session.io.info(added.length === 0 ? `${reach} can be reached from there already` : `${added.join(', ')} may now reach ${reach}`);
    });
  }
}
