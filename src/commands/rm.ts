import * as Flags from '@oclif/core/flags';

import { isYes } from '../cli/terminal/answer.js';
import { MachineCommand } from '../cli/command.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { someNames } from '../cli/line/names.js';
import { programName } from '../cli/line/program.js';

export default class Rm extends MachineCommand {
  static override summary = 'Remove a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> rm -y m1 m2'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'Remove local configuration even if machine cannot be removed, also implies -y' }),
    y: Flags.boolean({ char: 'y', description: 'Assumes automatic yes to proceed with remove, without prompting' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Rm);
    const names = someNames(argv);
    this.io.info(`About to remove ${names.join(', ')}`);
    this.io.info('WARNING: This action will delete both local reference and remote instance.');
    if (!flags.y && !flags.force && !isYes(await this.ask('Are you sure? (y/n): '))) return;
    this.afterInterrupt = `${programName()} rm ${names.join(' ')}`;
    const { removeMachines } = await import('../swarm/members/leave/removal.js');
    await removeMachines(await this.session(), names, { force: flags.force }, (all, remove) =>
      this.onNames(all, async (session, name) => {
        await withPrefix(`Error removing host "${name}": `, () => remove(session, name));
        session.io.info(`Successfully removed ${name}`);
      }),
    );
  }
}
