import * as Flags from '@oclif/core/flags';

import { RollingCommand } from '../../cli/rolling-command.js';

export default class SwarmUpgrade extends RollingCommand {
  static override summary = 'Upgrade the engines of a swarm, one node at a time';
  static override description =
    'Managers come first (the leader last of them), then workers. Each node is drained, upgraded, unlocked if necessary, checked and' +
    ' activated before the next one. The first failure stops the command; run it again to continue.';
  static override examples = ['<%= config.bin %> swarm upgrade --dry-run', '<%= config.bin %> swarm upgrade --engine-version 28 prod'];
  static override flags = {
    ...RollingCommand.flags,
    'engine-version': Flags.string({ description: 'Version to upgrade to, such as 28 or 28.5.2; the default is the newest' }),
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
