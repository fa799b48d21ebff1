import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag, seconds } from '../../cli/line/flags.js';
import { optionalArgument } from '../../cli/line/arguments.js';

export default class SwarmCa extends MachineCommand {
  static override summary = 'Print the root certificate of a swarm, or replace it';
  static override description =
    'Argument is a swarm or a machine in it; optional when there is only one swarm.' +
    ' A rotation ends when every node has a certificate from the new root. A node that is down delays it.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm ca', '<%= config.bin %> swarm ca --rotate'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = {
    rotate: Flags.boolean({ description: 'Create a new root, and wait until every node has a certificate from it' }),
    'cert-expiry': Flags.string({ description: 'Validity of node certificates, such as 2160h', dependsOn: ['rotate'] }),
    detach: Flags.boolean({ description: 'Do not wait for the rotation to end', exclusive: ['wait'] }),
    wait: Flags.boolean({ description: 'Wait for a rotation that was started earlier' }),
    timeout: seconds({ default: 120, description: 'Seconds to wait' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmCa);
    const given = optionalArgument(argv);
    const { rootCa } = await import('../../swarm/upkeep/ca.js');
    const certificate = await rootCa(await this.session(), given, {
      rotate: flags.rotate,
      wait: flags.wait || (flags.rotate && !flags.detach),
      certExpiry: flags['cert-expiry'],
      timeout: flags.timeout * 1000,
    });
    this.show({ certificate }, () => certificate.trimEnd());
  }
}
