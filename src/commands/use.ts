import { MachineCommand } from '../cli/command.js';
import { loadLine } from '../cli/completion/scripts.js';
import { oneOrNone } from '../cli/line/names.js';
import { programName } from '../cli/line/program.js';
import { quote } from '../base/quote.js';
import { detectShell, shellNamed } from '../cli/shells/shells.js';
import { TsmachineError } from '../base/errors.js';

/** Only a shell can set its own variables: its function of this program's name runs `use`, and this command says how to get it. */
export default class Use extends MachineCommand {
  static override summary = 'Make a machine the active one of this shell';
  static override description = 'Arguments are those of env. Needs what "<%= config.bin %> completion" prints.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> use m1'];
  static override operands = { kind: 'machine' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(Use);
    const name = oneOrNone(argv);
    const shell = detectShell(this.invocation.env, process.platform);
    const env = `${programName()} env --shell ${shell}${name === undefined ? '' : ` ${quote(name)}`}`;
    const load = loadLine(shell);
    const hint = [
      ...(load === undefined ? [] : [`Get it, best in the shell's start-up file: ${load}`]),
      `Without it: ${shellNamed(shell).evaluate(env)}`,
    ];
    const text = `A program cannot set the variables of the shell that called it: ${programName()} use needs a function of the shell`;
    throw new TsmachineError('SHELL_FUNCTION_MISSING', text, { hint: hint.join('\n') });
  }
}
