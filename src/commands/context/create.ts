import { MachineCommand } from '../../cli/command.js';

export default class ContextCreate extends MachineCommand {
  static override summary = 'Make docker contexts for machines';
  static override description =
    'Argument(s) are machine names; all machines without one. A context follows its machine until it is removed.';
  static override usage = '[name...]';
  static override examples = ['<%= config.bin %> context create m1'];
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(ContextCreate);
    const { createContext } = await import('../../machine/context.js');
    const names = argv.length > 0 ? [...new Set(argv)] : await (await this.session()).store.names();
    await this.onNames(names, async (session, name) => {
      const context = await createContext(session, name);
      session.io.info(`Docker context "${context}" leads to ${name}: docker --context ${context} info`);
    });
  }
}
