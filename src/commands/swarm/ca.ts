import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag, seconds } from '../../cli/line/flags.js';
import { oneOrNone } from '../../cli/line/names.js';

export default class SwarmCa extends MachineCommand {
  static override summary = 'Print the root certificate of a swarm, or replace it';
  static override description =
    'Argument is a swarm or a machine in it; not needed when there is one swarm.' +
    ' A rotation is over when every node has a certificate of the new root; one that is down holds it up.';
  static override usage = '[swarm|machine]';
  static override examples = ['<%= config.bin %> swarm ca', '<%= config.bin %> swarm ca --rotate'];
  static override operands = { kind: 'swarm' } as const;
  static override flags = {
    rotate: Flags.boolean({ description: 'Make a new root, and wait until every node has a certificate of it' }),
    'cert-expiry': Flags.string({ description: 'Validity of the certificates of nodes [2160h]', dependsOn: ['rotate'] }),
    detach: Flags.boolean({ description: 'Do not wait', exclusive: ['wait'] }),
    wait: Flags.boolean({ description: 'Wait for a rotation that was begun before' }),
    timeout: seconds({ default: 120, description: 'Seconds to wait' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmCa);
    const given = oneOrNone(argv);
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
