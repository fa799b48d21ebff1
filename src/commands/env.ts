import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { noProxyNames, noProxyValue, setLines, unsetLines } from '../cli/shells/docker-env.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { programName } from '../cli/line/program.js';
import { quote } from '../base/quote.js';
import { detectShell, shellNamed, usageHint } from '../cli/shells/shells.js';
import { TsmachineError } from '../base/errors.js';

export default class Env extends MachineCommand {
  static override summary = 'Display the commands to set up the environment for the Docker client';
  static override description = 'Argument is a machine name.';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> env --shell fish m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = {
    swarm: Flags.boolean({ description: 'Point to the classic Swarm instead of the Docker Engine' }),
    shell: Flags.string({
      description: 'Print the commands for this shell: bash, zsh, fish, cmd, powershell, tcsh, nu or emacs; the default is to detect it',
    }),
    unset: Flags.boolean({ char: 'u', description: 'Unset variables instead of setting them' }),
    'no-proxy': Flags.boolean({ description: 'Add the IP address of the machine to the NO_PROXY environment variable' }),
  };

  async run(): Promise<void> {
    const { env, line } = this.invocation;
    const { flags, argv } = await this.parse(Env);
    const shell = shellNamed(flags.shell === undefined || flags.shell === '' ? detectShell(env, process.platform) : flags.shell);
    const lines = flags.unset ? this.unset(argv, shell, flags['no-proxy']) : await this.set(argv, shell, flags);
    this.printData([...lines, ...usageHint(shell, [programName(), ...line].map((word) => quote(word)).join(' '))].join('\n'));
  }

  private unset(words: readonly string[], shell: ReturnType<typeof shellNamed>, noProxy: boolean): string[] {
    if (words.length > 0) throw new TsmachineError('USAGE', 'Error: Expected no machine name when the -u flag is present');
    return [...unsetLines(shell), ...(noProxy ? this.noProxyNames().map((name) => shell.unset(name)) : [])];
  }

  private async set(
    words: readonly string[],
    shell: ReturnType<typeof shellNamed>,
    flags: { swarm: boolean; 'no-proxy': boolean },
  ): Promise<string[]> {
    const { env } = this.invocation;
    const { session, name } = await this.oneMachine(words);
    const { dockerConnection, machineIp } = await import('../machine/query.js');
    await session.store.load(name); // the error for an unknown machine has no prefix
    const { url, certDir } = await withPrefix('Error checking TLS connection: ', () => dockerConnection(session, name, flags));
    const lines = setLines(shell, { name, url, certDir }, process.platform);
    if (!flags['no-proxy']) return lines;
    const ip = await machineIp(session, name);
    return [...lines, ...this.noProxyNames().map((variable) => shell.set(variable, noProxyValue(env[variable], ip)))];
  }

  private noProxyNames() {
    return noProxyNames(this.invocation.env, process.platform);
  }
}
