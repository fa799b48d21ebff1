import { MachineCommand } from '../cli/command.js';

export default class Help extends MachineCommand {
  static override summary = 'Shows a list of commands or help for one command';
  static override usage = '[command]';
  static override examples = ['<%= config.bin %> help create -d generic'];
  static override operands = { kind: 'command' } as const;
  static override passThrough = true;

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const { default: MachineHelp } = await import('../cli/line/help.js');
    await new MachineHelp(this.config).showHelp(argv);
  }

  /** An unknown command is reported without the usage of `help`. */
  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }
}
