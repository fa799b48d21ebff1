import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../../cli/command.js';
import { oneDriver } from '../../cli/line/arguments.js';
import { jsonFlag } from '../../cli/line/flags.js';
import { driverReportText } from '../../cli/output/driver-report.js';

export default class DriverInfo extends MachineCommand {
  static override summary = 'Show a driver: where it comes from, its flags, whether it keeps to the contract';
  static override description = 'Argument is the name of a driver. Its code runs.';
  static override usage = 'name';
  static override examples = ['<%= config.bin %> driver info nspawn', '<%= config.bin %> driver info --test hello'];
  static override operands = { kind: 'none' } as const;
  static override flags = {
    test: Flags.boolean({ description: 'Run the conformance suite in the world that the package brings along; no machine is made' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(DriverInfo);
    const name = oneDriver(argv);
    const { driverReport } = await import('../../machine/drivers/info.js');
    const report = await driverReport(await this.session(), name, { test: flags.test });
    this.show(report, () => driverReportText(report));
    if (report.problem !== undefined || report.rules?.some(({ broken }) => broken !== undefined)) this.exit(1);
  }
}
