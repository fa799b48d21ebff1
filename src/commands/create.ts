import { chosenDriver } from '../cli/options/chosen-driver.js';
import { MachineCommand } from '../cli/command.js';
import { createFlags, readConcurrency } from '../cli/options/create-flags.js';
import { flagValues, toFlagInput } from '../cli/options/driver-flags.js';
import type { FlagInput } from '../cli/line/flags.js';
import { newNames } from '../cli/line/names.js';
import { programName } from '../cli/line/program.js';
import { repeatable } from '../cli/line/repeatable.js';
import { requestOf } from '../machine/request/create-request.js';
import type { Session } from '../machine/session.js';
import type { FlagSpec } from '../base/flags.js';

export default class Create extends MachineCommand {
  static override summary = 'Create a machine';
  static override description =
    "'<%= config.bin %> create --driver name --help' includes the create flags for that driver in the help text." +
    ' Several names make several machines at once.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> create -d generic --generic-ip-address 10.0.0.5 m1'];
  static override operands = { kind: 'none' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = toFlagInput(createFlags, { driver: 'd' });

  static override async helpFlags(words: readonly string[], env: NodeJS.ProcessEnv): Promise<FlagInput> {
    const { flags } = await chosenDriver(words, env);
    return inOrder({ ...Create.flags, ...toFlagInput(flags) });
  }

  async run(): Promise<void> {
    const { env, line } = this.invocation;
    if (!this.argv.some((word) => word.startsWith('-'))) newNames(this.argv); // wrong whatever the driver is
    const driver = await chosenDriver(this.argv, env);
    const specs: readonly FlagSpec[] = [...createFlags, ...driver.flags];
    const { flags, argv } = await this.parse({ baseFlags: Create.baseFlags, flags: toFlagInput(specs, { driver: 'd' }) });
    const names = newNames(argv);
    const values = flagValues(specs, flags, env);
    const limit = readConcurrency(values);
    const request = requestOf(driver.name, values, this.globals.tls);
    const { createMachine } = await import('../machine/create.js');
    const make = async (session: Session, name: string) => {
      await createMachine(session, { ...request, name, command: repeatable(line, names, name) });
      session.io.info(
        `To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: tsmachine env ${name}`,
      );
    };
    try {
      await this.onNames(names, make, { limit, prefixed: true });
    } catch (error) {
      this.afterInterrupt = await this.#next(names);
      throw error;
    }
  }

  /** A machine that was stopped before anything was made is not in the store any more: rm would not find it. */
  async #next(names: readonly string[]): Promise<string> {
    const { store } = await this.session();
    const there = await Promise.all(names.map((name) => store.exists(name)));
    const left = names.filter((_, i) => there[i]);
    return left.length === 0
      ? 'Nothing was made. Run the same command again to start over'
      : `Run the same command again to continue, or remove what was made: ${programName()} rm -y ${left.join(' ')}`;
  }
}

function inOrder(flags: FlagInput): FlagInput {
  return Object.fromEntries(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
