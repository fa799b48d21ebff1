import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { jsonFlag } from '../cli/line/flags.js';
import { standsInForDockerMachine } from '../cli/line/program.js';
import { quote } from '../base/quote.js';

export default class Config extends MachineCommand {
  static override summary = 'Print the connection config for a machine';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> config m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = {
    swarm: Flags.boolean({ description: 'Print the config of the classic Swarm instead of the Docker Engine' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Config);
    const words: readonly string[] = argv;
    const names = standsInForDockerMachine() ? words.slice(0, 1) : words; // Docker Machine ignored the rest
    const { session, name } = await this.oneMachine(names);
    const { dockerConnection } = await import('../machine/query.js');
    await session.store.load(name); // the error for an unknown machine has no prefix
    const connecting = () => dockerConnection(session, name, flags);
    const { url, caPath, certPath, keyPath } = await withPrefix('Error running connection boilerplate: ', connecting);
    // Docker Machine printed double quotes here. The docker client has deprecated reading them (28.4) and will stop.
    const files = [`--tlscacert=${quote(caPath)}`, `--tlscert=${quote(certPath)}`, `--tlskey=${quote(keyPath)}`];
    const line = () => ['--tlsverify', ...files, `-H=${url}`].join('\n');
    this.show({ name, url, tlsverify: true, caPath, certPath, keyPath }, line, { data: true });
  }
}
