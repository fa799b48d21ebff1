import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { withPrefix } from '../cli/output/error-prefix.js';
import { atLeastOneName } from '../cli/line/arguments.js';
import { run } from '../base/text.js';
import type { Session } from '../machine/session.js';

export default class Rm extends MachineCommand {
  static override summary = 'Remove a machine';
  static override description = 'Argument(s) are one or more machine names.';
  static override usage = 'name...';
  static override examples = ['<%= config.bin %> rm -y m1 m2'];
  static override infoTo = 'stdout' as const;
  static override flags = {
    force: Flags.boolean({
      char: 'f',
      description: 'Remove the local configuration even if the machine cannot be removed; implies -y. An exported machine is kept',
    }),
    y: Flags.boolean({ char: 'y', description: 'Do not ask for confirmation' }),
    shared: Flags.boolean({ description: 'Also remove machines that were exported and that another computer may use' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Rm);
    const names = atLeastOneName(argv);
    this.io.info(`About to remove ${names.join(', ')}`);
    const session = await this.session();
    await this.sayWhatGoes(session, names);
    if (!flags.y && !flags.force && !(await this.agrees('Are you sure? (y/n): ', run('rm', '-y', ...names)))) return;
    const shared = flags.shared || (!flags.force && (await this.removesShared(session, names)));
    if (shared === undefined) return;
    this.afterInterrupt = run('rm', ...names);
    const { removeMachines } = await import('../swarm/members/leave/removal.js');
    await removeMachines(session, names, { force: flags.force, shared }, (all, remove) =>
      this.onNames(all, async (session, name) => {
        const there = await session.store.exists(name);
        await withPrefix(`Error removing host "${name}": `, () => remove(session, name));
        if (there) session.io.info(`Successfully removed ${name}`); // with --force, one that is not there is only a warning
      }),
    );
  }

  /** A host that its driver did not make stays as it is. */
  private async sayWhatGoes(session: Session, names: readonly string[]): Promise<void> {
    const { hostsThatStay } = await import('../machine/remove.js');
    const [stay, there] = await Promise.all([hostsThatStay(session, names), session.store.names()]);
    const others = names.filter((name) => there.includes(name) && !stay.includes(name));
    if (stay.length === 0 || others.length > 0) this.io.info('WARNING: This action will delete both local reference and remote instance.');
    if (stay.length > 0) {
      const whose = others.length === 0 ? 'the local reference' : `the local reference to ${stay.join(', ')}`;
      this.io.info(`WARNING: This action will delete only ${whose}; the host itself, and what runs on it, stays.`);
    }
  }

  /**
   * Asks about every machine that was exported.
   * @returns whether any is to be removed; undefined when one is not, and nothing is done
   * @throws TsmachineError MACHINE_SHARED where nobody can answer
   */
  private async removesShared(session: Session, names: readonly string[]): Promise<boolean | undefined> {
    const [{ sharedError, sharedMachines }, there] = await Promise.all([import('../machine/remove.js'), session.store.names()]);
    const shared = await sharedMachines(
      session,
      there.filter((name) => names.includes(name)),
    );
    for (const name of shared) {
      const answer = await this.confirm(`${name} was exported: another computer may use it. Remove the machine itself? (y/n): `);
      if (answer === undefined) throw sharedError(shared);
      if (!answer) return undefined;
    }
    return shared.length > 0;
  }
}
