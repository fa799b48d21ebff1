import { flagValues } from '../base/flags.js';
import { adoptFlags, adoptingDriver } from '../cli/options/adopt-flags.js';
import { MachineCommand } from '../cli/command.js';
import { driverHeading, toFlagInput } from '../cli/options/driver-flags.js';
import type { FlagInput } from '../cli/line/flags.js';
import { oneNewName } from '../cli/line/arguments.js';
import { adoptRequestOf } from '../transfer/adopt-request.js';

export default class Adopt extends MachineCommand {
  static override summary = 'Add a host that another store created, without changing it';
  static override description =
    'Argument is the name of the new machine. The host is inspected over SSH, and its Docker Engine must accept the certificates.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> adopt -d generic --generic-ip-address 10.0.0.5 m1'];
  static override operands = { kind: 'none' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = toFlagInput(adoptFlags, { driver: 'd' });

  static override async helpFlags(words: readonly string[], env: NodeJS.ProcessEnv): Promise<FlagInput> {
    const { name, flags } = await adoptingDriver(words, env);
    return { ...Adopt.flags, ...toFlagInput(flags, {}, driverHeading(name)) };
  }

  async run(): Promise<void> {
    const driver = await adoptingDriver(this.argv, this.invocation.env);
    const specs = [...adoptFlags, ...driver.flags];
    const { flags, argv } = await this.parse({ baseFlags: Adopt.baseFlags, flags: toFlagInput(specs, { driver: 'd' }) });
    const name = oneNewName(argv);
    const request = adoptRequestOf(name, driver.name, flagValues(specs, flags, this.invocation.env));
    const { adoptMachine } = await import('../transfer/adopt.js');
    await adoptMachine(await this.session(), request);
  }
}
