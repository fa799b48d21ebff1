import * as Flags from '@oclif/core/flags';

import { isYes } from '../cli/terminal/answer.js';
import { MachineCommand } from '../cli/command.js';
import { TsmachineError } from '../base/errors.js';

export default class RegenerateCerts extends MachineCommand {
  static override summary = 'Regenerate TLS Certificates for a machine';
  static override description = 'Argument(s) are one or more machine names. The engine of each is restarted.';
  static override examples = ['<%= config.bin %> regenerate-certs -f m1'];
  static override operands = { kind: 'machines', feature: 'provision' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'Force rebuild and do not prompt' }),
    'client-certs': Flags.boolean({ description: 'Also regenerate the client certificate' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RegenerateCerts);
    if (!flags.force && !(await this.agreed())) return;
    const { regenerateCertificates } = await import('../machine/provision.js');
    const options = { clientCerts: flags['client-certs'] };
    await this.onAll(argv, (session, name) => regenerateCertificates(session, name, options), { prefixed: true });
  }

  private async agreed(): Promise<boolean> {
    const answer = await this.ask('Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ');
    if (answer === undefined) throw new TsmachineError('CANCELLED', 'EOF', { hint: 'Nobody is there to answer: --force asks nothing' });
    return isYes(answer);
  }
}
