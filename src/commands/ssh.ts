import { MachineCommand } from '../cli/command.js';

export default class Ssh extends MachineCommand {
  static override summary = 'Log in to a machine, or run a command on it, with SSH';
  static override description = 'Arguments are [machine-name] [command]. Everything after the machine name is passed to ssh unchanged.';
  static override usage = '[arg...]';
  static override examples = ['<%= config.bin %> ssh m1 df -h'];
  static override operands = { kind: 'machine', feature: 'provision' } as const;
  static override passThrough = true;

  async run(): Promise<void> {
    const {
      argv: [given, ...command],
    } = await this.parse(Ssh);
    const session = await this.session();
    const [{ resolveNames }, { openShell }] = await Promise.all([
      import('../machine/choose/each.js'),
      import('../machine/access/shell.js'),
    ]);
    const [name = ''] = await resolveNames(session.store, given === undefined ? [] : [given]);
    this.exit(await openShell(session, name, command, { native: this.globals.nativeSsh }));
  }
}
