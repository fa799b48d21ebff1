import { MachineCommand } from '../cli/command.js';
import { loadLine } from '../cli/completion/scripts.js';
import { optionalArgument } from '../cli/line/arguments.js';
import { programName } from '../cli/line/program.js';
import { quote } from '../base/quote.js';
import { detectShell, shellNamed } from '../cli/shells/shells.js';
import { TsmachineError } from '../base/errors.js';
import { lines, run, say } from '../base/text.js';

/** Only a shell can set its own variables: a shell function runs `use`. This command explains how to get the function. */
export default class Use extends MachineCommand {
  static override summary = 'Make a machine the active one in this shell';
  static override description = 'Takes the arguments of env. Needs the shell function that "<%= config.bin %> completion" prints.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> use m1'];
  static override operands = { kind: 'machine' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Use);
    const name = optionalArgument(argv);
    const shell = detectShell(this.invocation.env, process.platform);
    const env = `${programName()} env --shell ${shell}${name === undefined ? '' : ` ${quote(name)}`}`;
    const load = loadLine(shell);
    const text = say`A program cannot set the variables of the shell that called it: ${run('use')} needs a shell function`;
    throw new TsmachineError('SHELL_FUNCTION_MISSING', text, {
      hint: lines([
        load === undefined ? undefined : `Define it, preferably in the start-up file of the shell: ${load}`,
        `Without it: ${shellNamed(shell).evaluate(env)}`,
      ]),
    });
  }
}
