import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { roleAndSwarm } from '../../cli/line/arguments.js';

export default class SwarmToken extends MachineCommand {
  static override summary = 'Print the token that engines need to join a swarm';
  static override description = 'The token is a secret. It is read from a manager each time and never stored. No other command shows it.';
  static override usage = 'worker|manager [swarm]';
  static override examples = ['<%= config.bin %> swarm token worker', '<%= config.bin %> swarm token --rotate manager'];
  static override operands = { kind: 'role-swarm' } as const;
  static override flags = {
    rotate: Flags.boolean({ description: 'Create a new token first. The old one stops working; nodes that have joined stay' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SwarmToken);
    const [role, swarm] = roleAndSwarm(argv);
    const { joinSecretOf } = await import('../../swarm/members/token.js');
    const { token, managers } = await joinSecretOf(await this.session(), swarm, role, { rotate: flags.rotate });
    const [manager] = managers;
    const join = manager === undefined ? undefined : `docker swarm join --token ${token} ${manager}`;
    this.io.warn(`Anyone who has this token can join as a ${role}. It is not stored on this computer.`);
    if (join !== undefined) this.io.info(`To join an engine that is no machine of this store, run this on its host:\n${join}`);
    this.show({ role, token, managers, ...(join === undefined ? {} : { join }) }, () => token);
  }
}
