import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';

export default class Inspect extends MachineCommand {
  static override summary = 'Show the configuration of a machine';
  static override description = 'Argument is a machine name. Prints the configuration as JSON, or through a template.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> inspect m1', "<%= config.bin %> inspect --format '{{.Driver.IPAddress}}' m1"];
  static override operands = { kind: 'machine' } as const;
  static override flags = {
    format: Flags.string({ char: 'f', description: 'Format the output using the given Go template', exclusive: ['json'] }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const {
      argv,
      flags: { format },
    } = await this.parse(Inspect);
    const { session, name } = await this.oneMachine(argv);
    const { inspectMachine } = await import('../machine/query.js');
    const { serializeHostConfig } = await import('../store/config/schema.js');
    const json = serializeHostConfig(await inspectMachine(session, name));
    if (!format) {
      this.printData(json);
      return;
    }
    const { formatConfig } = await import('../cli/format/inspect.js');
    this.printData(formatConfig(json, format, { pointed: this.invocation.screen.live }));
  }
}
