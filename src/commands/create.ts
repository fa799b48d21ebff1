import { chosenDriver, driverToExplain } from '../cli/chosen-driver.js';
import { MachineCommand } from '../cli/command.js';
import { createFlags } from '../cli/create-flags.js';
import { createRequest } from '../cli/create-request.js';
import { flagValues, toFlagInput } from '../cli/driver-flags.js';
import type { FlagInput } from '../cli/flags.js';
import type { CommandHelp } from '../cli/help.js';
import { newNames } from '../cli/names.js';
import { programName } from '../cli/program.js';
import { repeatable } from '../cli/repeatable.js';
import type { Session } from '../core/session.js';
import type { FlagSpec } from '../driver/contract.js';

export default class Create extends MachineCommand {
  static override summary = 'Create a machine';
  static override description = `'${programName()} create --driver name --help' includes the create flags for that driver in the help text.`
    + ' Several names make several machines at once.';
  static override usage = 'name...';
  static override example = 'create -d generic --generic-ip-address 10.0.0.5 m1';
  static override infoTo = 'stdout' as const;
  static override flags = toFlagInput(createFlags, { driver: 'd' });

  static override async helpFor(name: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandHelp> {
    const specs = (await driverToExplain(argv, env))?.flags ?? [];
    return { ...await super.helpFor(name, argv, env), flags: inOrder({ ...Create.flags, ...toFlagInput(specs) }) };
  }

  async run(): Promise<void> {
    const { argv, env, line } = this.invocation;
    const driver = await chosenDriver(argv, env);
    const specs: readonly FlagSpec[] = [...createFlags, ...driver.flags];
    const { flags, args, globals } = await this.parse(toFlagInput(specs, { driver: 'd' }));
    const names = newNames(args);
    const values = flagValues(specs, flags, env);
    const request = createRequest(driver.name, values, globals);
    const { createMachine } = await import('../core/create.js');
    this.afterInterrupt = `Run the same command again to continue, or remove what was made: ${programName()} rm -y ${names.join(' ')}`;
    const limit = Number(values['concurrency']);
    const make = (session: Session, name: string) => createMachine(session, { ...request, name, command: repeatable(line, names, name) });
    await this.onNames(names, globals, make, { limit, prefixed: true });
  }
}

function inOrder(flags: FlagInput): FlagInput {
  return Object.fromEntries(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
