import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';

export default class Upgrade extends MachineCommand {
  static override summary = 'Upgrade a machine to the latest version of Docker';
  static override description =
    'Argument(s) are one or more machine names. Docker restarts on each machine that has a newer version to install.';
  static override examples = ['<%= config.bin %> upgrade --engine-version 28 m1'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    'engine-version': Flags.string({ description: 'Version to upgrade to, such as 28 or 28.5.2; the default is the newest' }),
  };

  async run(): Promise<void> {
    const {
      argv,
      flags: { 'engine-version': version },
    } = await this.parse(Upgrade);
    const { upgradeMachine } = await import('../machine/upgrade.js');
    await this.onAll(argv, (session, name) => upgradeMachine(session, name, version === undefined ? {} : { version }), { prefixed: true });
  }
}
