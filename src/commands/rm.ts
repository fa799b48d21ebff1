import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { atLeastOneName } from '../cli/line/arguments.js';
import { run } from '../base/text.js';

export default class Rm extends MachineCommand {
  static override summary = 'Remove a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> rm -y m1 m2'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'Remove the local configuration even if the machine cannot be removed; implies -y' }),
    y: Flags.boolean({ char: 'y', description: 'Do not ask for confirmation' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Rm);
    const names = atLeastOneName(argv);
    this.io.info(`About to remove ${names.join(', ')}`);
    this.io.info('WARNING: This action will delete both local reference and remote instance.');
    if (!flags.y && !flags.force && !(await this.confirm('Are you sure? (y/n): '))) return;
    this.afterInterrupt = run('rm', ...names);
    const { removeMachines } = await import('../swarm/members/leave/removal.js');
    await removeMachines(await this.session(), names, { force: flags.force }, (all, remove) =>
      this.onNames(all, async (session, name) => {
        await withPrefix(`Error removing host "${name}": `, () => remove(session, name));
        session.io.info(`Successfully removed ${name}`);
      }),
    );
  }
}
