import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { roleAndSwarm } from '../../cli/line/names.js';

export default class SwarmToken extends MachineCommand {
  static override summary = 'Print the token with which engines join a swarm';
  static override description =
    'The token is a secret, and this the only place where it is shown: it is asked of a manager each time and kept nowhere.';
  static override usage = 'worker|manager [swarm]';
  static override examples = ['<%= config.bin %> swarm token worker', '<%= config.bin %> swarm token --rotate manager'];
  static override operands = { kind: 'role-swarm' } as const;
  static override flags = {
    rotate: Flags.boolean({ description: 'Make a new one first; the old one lets nobody in any longer, and nodes stay' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmToken);
    const [role, swarm] = roleAndSwarm(argv);
    const { tokenOf } = await import('../../swarm/members/token.js');
    const token = await tokenOf(await this.session(), swarm, role, { rotate: flags.rotate });
    this.io.warn(`Whoever has this token can join as a ${role}. It is kept nowhere else.`);
    this.show({ role, token }, () => token);
  }
}
