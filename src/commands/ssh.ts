import { MachineCommand } from '../cli/command.js';
import { parseLine } from '../cli/parse.js';

export default class Ssh extends MachineCommand {
  static override summary = 'Log into or run a command on a machine with SSH.';
  static override description = 'Arguments are [machine-name] [command]. Everything after the machine name goes to ssh as it is.';
  static override usage = '[arg...]';
  static override example = 'ssh m1 df -h';
  static override passThrough = true;

  async run(): Promise<void> {
    const { leading, argv, env } = this.invocation;
    const { globals } = await parseLine(leading, {}, env);
    const [given, ...command] = argv;
    const session = await this.session(globals);
    const [{ resolveNames }, { openShell }] = await Promise.all([import('../core/each.js'), import('../core/shell.js')]);
    const [name = ''] = await resolveNames(session.store, given === undefined ? [] : [given]);
    this.exitStatus = await openShell(session, name, command, { native: globals.nativeSsh });
  }
}
