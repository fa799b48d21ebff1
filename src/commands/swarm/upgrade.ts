import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { oneOrNone } from '../../cli/names.js';

export default class SwarmUpgrade extends MachineCommand {
  static override summary = 'Upgrade the engines of a swarm, one node at a time';
  static override description = 'Each node is drained, upgraded, and waited for; managers come first, the leader last of them. The first failure ends it. '
    + 'The argument is a swarm, or a machine in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm upgrade --engine-version 28'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    'engine-version': Flags.string({ description: 'Version of the engine: 28, 28.5 or 28.5.2; the newest that the packages offer' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmUpgrade);
    const [session, { rollThrough, upgrading }] = await Promise.all([this.session(), import('../../core/swarm/rolling.js')]);
    await rollThrough(session, oneOrNone(argv), upgrading(flags['engine-version']));
  }
}
