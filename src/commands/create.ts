import { chosenDriver } from '../cli/options/chosen-driver.js';
import { MachineCommand } from '../cli/command.js';
import { createFlags, readConcurrency } from '../cli/options/create-flags.js';
import { driverHeading, toFlagInput } from '../cli/options/driver-flags.js';
import type { FlagInput } from '../cli/line/flags.js';
import { newNames } from '../cli/line/arguments.js';
import { standsInForDockerMachine } from '../cli/line/program.js';
import { repeatableLine } from '../cli/line/repeatable.js';
import { requestOf } from '../machine/request/create-request.js';
import { isForClassicSwarm } from '../machine/request/machine-flags.js';
import type { Session } from '../machine/session.js';
import { flagValues, withOldDefaults, type FlagSpec } from '../base/flags.js';
import { run, say, type Text } from '../base/text.js';

const classicHeading = "Options of classic swarms, which came before Docker's own";

export default class Create extends MachineCommand {
  static override summary = 'Create a machine';
  static override description =
    "'<%= config.bin %> create --driver NAME --help' also lists the flags of that driver." +
    ' With several names, the machines are created at the same time.';
  static override usage = 'name...';
  static override operands = { kind: 'none' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = toFlagInput(createFlags, { driver: 'd' });

  static override async helpFlags(words: readonly string[], env: NodeJS.ProcessEnv): Promise<FlagInput> {
    const { name, flags } = await chosenDriver(words, env);
    const own = toFlagInput(flags, {}, driverHeading(name));
    const classic = toFlagInput(createFlags.filter(isForClassicSwarm), {}, classicHeading);
    const shared = toFlagInput(createFlags, { driver: 'd' }); // not `flags`: what is said of them depends on the program's name
    return { ...sorted({ ...shared, ...own }), ...classic };
  }

  static override async helpExamples(words: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly string[]> {
    const { name, flags } = await chosenDriver(words, env);
    const needed = flags.flatMap((flag) => (flag.example === undefined ? [] : [`--${flag.name}`, flag.example]));
    return [['<%= config.bin %> create', '-d', name, ...needed, 'm1'].join(' ')];
  }

  async run(): Promise<void> {
    const { env, line } = this.invocation;
    if (!this.argv.some((word) => word.startsWith('-'))) newNames(this.argv); // these errors do not depend on the driver
    const driver = await chosenDriver(this.argv, env);
    const specs: readonly FlagSpec[] = [...createFlags, ...(standsInForDockerMachine() ? withOldDefaults(driver.flags) : driver.flags)];
    const { flags, argv } = await this.parse({ baseFlags: Create.baseFlags, flags: toFlagInput(specs, { driver: 'd' }) });
    const names = newNames(argv);
    const values = flagValues(specs, flags, env);
    const limit = readConcurrency(values);
    const request = requestOf(driver.name, values, this.globals.tls);
    const { createMachine } = await import('../machine/create.js');
    const make = async (session: Session, name: string) => {
      await createMachine(session, { ...request, name, command: repeatableLine(line, names, name) });
      session.io.info(
        say`To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: ${run('env', name)}`,
      );
    };
    try {
      await this.onNames(names, make, { limit, prefixed: true });
    } catch (error) {
      this.afterInterrupt = await this.#nextStep(names);
      throw error;
    }
  }

  /** A machine that was interrupted before anything was created is no longer in the store: rm would not find it. */
  async #nextStep(names: readonly string[]): Promise<Text> {
    const { store } = await this.session();
    const there = await Promise.all(names.map((name) => store.exists(name)));
    const left = names.filter((_, i) => there[i]);
    return left.length === 0
      ? 'Nothing was made. Run the same command again to start over'
      : say`Run the same command again to continue, or remove what was made: ${run('rm', '-y', ...left)}`;
  }
}

function sorted(flags: FlagInput): FlagInput {
  return Object.fromEntries(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
