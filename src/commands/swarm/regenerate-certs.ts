import { RollingCommand } from '../../cli/rolling-command.js';

export default class SwarmRegenerateCerts extends RollingCommand {
  static override summary = 'Make new TLS certificates for the engines of a swarm, one node at a time';
  static override description =
    'Managers first, the leader last of them, then workers. Each node is drained, gets its certificate, is unlocked if it is locked, seen to be well and' +
    " put back before the next one's turn. The first failure ends it; the same command goes on later, with those that are left.";
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
