import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';

const question = 'Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ';

export default class RegenerateCerts extends MachineCommand {
  static override summary = 'Regenerate the TLS certificates of a machine';
  static override description = 'Argument(s) are one or more machine names. Docker is restarted on each.';
  static override examples = ['<%= config.bin %> regenerate-certs -f m1'];
  static override operands = { kind: 'machines', feature: 'provision' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'Do not ask for confirmation' }),
    'client-certs': Flags.boolean({ description: 'Also regenerate the client certificate' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RegenerateCerts);
    if (!flags.force && !(await this.agrees(question, 'Without a terminal, use --force to skip the question', 'EOF'))) return;
    const { regenerateCertificates } = await import('../machine/provision.js');
    const options = { clientCerts: flags['client-certs'] };
    await this.onAll(argv, (session, name) => regenerateCertificates(session, name, options), { prefixed: true });
  }
}
