import * as Flags from '@oclif/core/flags';

import { RollingCommand } from '../../cli/rolling-command.js';

export default class SwarmUpgrade extends RollingCommand {
  static override summary = 'Upgrade the engines of a swarm, one node at a time';
  static override description =
    'Managers first, the leader last of them, then workers. Each node is drained, upgraded, unlocked if it is locked, seen to be well and put back' +
    " before the next one's turn. The first failure ends it; the same command goes on later.";
  static override examples = ['<%= config.bin %> swarm upgrade --dry-run', '<%= config.bin %> swarm upgrade --engine-version 28 prod'];
  static override flags = {
    ...RollingCommand.flags,
    'engine-version': Flags.string({ description: 'Version to upgrade to, such as 28 or 28.5.2, instead of the newest' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SwarmUpgrade);
    const version = flags['engine-version'];
    const { upgradeSwarm } = await import('../../swarm/upkeep/upgrade.js');
    await this.roll(argv, flags, (session, swarm, options) =>
      upgradeSwarm(session, swarm, { ...options, ...(version === undefined ? {} : { version }) }),
    );
  }
}
