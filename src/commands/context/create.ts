import { MachineCommand } from '../../cli/command.js';

export default class ContextCreate extends MachineCommand {
  static override summary = 'Make docker contexts for machines';
  static override description = 'Argument(s) are machine names; all machines without one. A context follows its machine until it is removed.';
  static override usage = '[name...]';
  static override example = 'context create m1';
  static override infoTo = 'stdout' as const;

  async run(): Promise<void> {
    const { args, globals } = await this.parse({});
    const { createContext } = await import('../../core/context.js');
    const names = args.length > 0 ? [...new Set(args)] : await (await this.session(globals)).store.names();
    await this.onNames(names, globals, async (session, name) => {
      const context = await createContext(session, name);
      session.io.info(`Docker context "${context}" leads to ${name}: docker --context ${context} info`);
    });
  }
}
