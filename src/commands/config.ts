import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { jsonFlag } from '../cli/line/flags.js';
import { standsInForDockerMachine } from '../cli/line/program.js';
import { quote } from '../base/quote.js';

export default class Config extends MachineCommand {
  static override summary = 'Print the connection config for machine';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> config m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = { swarm: Flags.boolean({ description: 'Display the Swarm config instead of the Docker daemon' }), ...jsonFlag };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Config);
    const words: readonly string[] = argv;
    const { session, name } = await this.oneMachine(standsInForDockerMachine() ? words.slice(0, 1) : words); // Docker Machine ignored the rest
    const { dockerConnection } = await import('../machine/query.js');
    await session.store.load(name); // an unknown machine is told without the prefix
    const connecting = () => dockerConnection(session, name, flags);
    const { url, caPath, certPath, keyPath } = await withPrefix('Error running connection boilerplate: ', connecting);
    // Not in double quotes as Docker Machine has them: docker's own reading of those is deprecated (28.4) and goes.
    const files = [`--tlscacert=${quote(caPath)}`, `--tlscert=${quote(certPath)}`, `--tlskey=${quote(keyPath)}`];
    this.show({ name, url, tlsverify: true, caPath, certPath, keyPath }, () => ['--tlsverify', ...files, `-H=${url}`].join('\n'));
  }
}
