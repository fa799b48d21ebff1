import { MachineCommand } from '../../cli/command.js';

export default class ContextCreate extends MachineCommand {
  static override summary = 'Create Docker contexts for machines';
  static override description =
    'Argument(s) are machine names; the default is all machines. A context is kept up to date until it is removed.';
  static override usage = '[name...]';
  static override examples = ['<%= config.bin %> context create m1'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(ContextCreate);
    const { createContext } = await import('../../machine/context.js');
    const names = argv.length > 0 ? [...new Set(argv)] : await (await this.session()).store.names();
    await this.onNames(names, async (session, name) => {
      const context = await createContext(session, name);
      session.io.info(`Docker context "${context}" points to ${name}. Try it: docker --context ${context} info`);
    });
  }
}
