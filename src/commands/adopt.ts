import { adoptFlags, adoptRequest, adoptingDriver } from '../cli/adopt-flags.js';
import { MachineCommand } from '../cli/command.js';
import { flagValues, toFlagInput } from '../cli/driver-flags.js';
import type { CommandHelp } from '../cli/help.js';
import { oneNewName } from '../cli/names.js';

export default class Adopt extends MachineCommand {
  static override summary = 'Take over a host that another store made, without changing it';
  static override description = 'Argument is the name of the machine to be. The host is looked at over SSH; its engine must take our certificates.';
  static override usage = 'name';
  static override example = 'adopt -d generic --generic-ip-address 10.0.0.5 m1';
  static override infoTo = 'stdout' as const;
  static override flags = toFlagInput(adoptFlags, { driver: 'd' });

  static override async helpFor(name: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandHelp> {
    const { flags } = await adoptingDriver(argv);
    return { ...await super.helpFor(name, argv, env), flags: { ...Adopt.flags, ...toFlagInput(flags) } };
  }

  async run(): Promise<void> {
    const { argv, env } = this.invocation;
    const driver = await adoptingDriver(argv);
    const specs = [...adoptFlags, ...driver.flags];
    const { flags, args, globals } = await this.parse(toFlagInput(specs, { driver: 'd' }));
    const name = oneNewName(args);
    const request = adoptRequest(name, driver.name, flagValues(specs, flags, env));
    const { adoptMachine } = await import('../core/adopt.js');
    await adoptMachine(await this.session(globals), request);
  }
}
