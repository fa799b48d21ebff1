import { MachineCommand } from '../../cli/command.js';
import { oneOrNone } from '../../cli/names.js';

export default class SwarmRegenerateCerts extends MachineCommand {
  static override summary = 'Give the engines of a swarm new server certificates, one node at a time';
  static override description = 'Each node is drained and waited for; managers come first, the leader last of them. The first failure ends it. '
    + 'The argument is a swarm, or a machine in it.';
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override examples = ['<%= config.bin %> swarm regenerate-certs'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(SwarmRegenerateCerts);
    const [session, { rollThrough, certificates }] = await Promise.all([this.session(), import('../../core/swarm/rolling.js')]);
    await rollThrough(session, oneOrNone(argv), certificates);
  }
}
