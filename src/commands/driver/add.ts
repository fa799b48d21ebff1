import * as Flags from '@oclif/core/flags';

import { run } from '../../base/text.js';
import { MachineCommand } from '../../cli/command.js';
import { oneDriver } from '../../cli/line/arguments.js';
import { jsonFlag } from '../../cli/line/flags.js';

export default class DriverAdd extends MachineCommand {
  static override summary = 'Add a driver from an npm package';
  static override description =
    'Argument is the name of the driver or of its package, perhaps with @VERSION; or a tarball of it, as a file or an https address. ' +
    'The package is fetched into the store, its digest is checked and written down, and you are asked before any of its code runs.';
  static override usage = 'package';
  static override examples = [
    '<%= config.bin %> driver add hello',
    '<%= config.bin %> driver add @ann/hello@1.2.3',
    '<%= config.bin %> driver add ./tsmachine-driver-hello-1.2.3.tgz',
  ];
  static override operands = { kind: 'none' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    integrity: Flags.string({ description: 'The digest that the tarball must have: sha512-..., as npm writes it' }),
    y: Flags.boolean({ char: 'y', description: 'Add it without asking' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(DriverAdd);
    const spec = oneDriver(argv);
    const { addDriver } = await import('../../machine/drivers/add.js');
    const added = await addDriver(await this.session(), spec, {
      integrity: flags.integrity,
      agree: async ({ package: name, version, from, integrity, before }) => {
        if (flags.y) return true;
        this.io.info(`${name} ${version}${before === undefined ? '' : ` takes the place of version ${before}. It`} is from ${from}`);
        this.io.info(`Its digest is ${integrity}`);
        return this.agrees('Its code will run with all your rights. Add it? (y/n): ', run('driver', 'add', '-y', spec));
      },
    });
    if (added) this.show(added, () => `Added driver ${added.driver}: ${added.package} ${added.version}`);
    else this.exit(1);
  }
}
