import { RollingCommand } from '../../cli/rolling-command.js';

export default class SwarmRegenerateCerts extends RollingCommand {
  static override summary = 'Regenerate the TLS certificates of the engines of a swarm, one node at a time';
  static override description =
    'Managers come first (the leader last of them), then workers. Each node is drained, gets its certificate, is unlocked if necessary,' +
    ' checked and activated before the next one. The first failure stops the command; run it again to continue with the remaining nodes.';
  static override examples = [
    '<%= config.bin %> swarm regenerate-certs',
    '<%= config.bin %> swarm regenerate-certs --workers-at-once 3 prod',
  ];
  static override flags = RollingCommand.flags;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SwarmRegenerateCerts);
    const { regenerateSwarm } = await import('../../swarm/upkeep/regenerate-certs.js');
    await this.roll(argv, flags, regenerateSwarm);
  }
}
