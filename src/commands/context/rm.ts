import { MachineCommand } from '../../cli/command.js';
import { atLeastOneName } from '../../cli/line/arguments.js';

export default class ContextRm extends MachineCommand {
  static override summary = 'Remove the Docker contexts of machines';
  static override description = 'Argument(s) are one or more machine names. The machines are not changed.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> context rm m1'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(ContextRm);
    const { removeContext } = await import('../../machine/context.js');
    await this.onNames(atLeastOneName(argv), async (session, name) => {
      await removeContext(session, name);
      session.io.info(`Removed the Docker context of ${name}`);
    });
  }
}
