import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';
import { noArguments } from '../cli/line/arguments.js';
import { gcTable } from '../cli/output/gc-table.js';
import { TsmachineError } from '../base/errors.js';
import { run } from '../base/text.js';

export default class Gc extends MachineCommand {
  static override summary = 'Find and remove what deleted machines and stores left behind';
  static override description =
    'Lists virtual machines, local machines, networks and cloud resources that tsmachine made and that no store of this computer has a ' +
    'machine for any more, then removes them after a question. What belongs to a store that is there, or whose disk is not mounted, is kept.';
  static override usage = '';
  static override examples = ['<%= config.bin %> gc', '<%= config.bin %> gc --driver virtualbox --json', '<%= config.bin %> gc -y'];
  static override operands = { kind: 'none' } as const;
  static override flags = {
    driver: Flags.string({
      char: 'd',
      multiple: true,
      multipleNonGreedy: true,
      description: 'Look only for what this driver made; repeat it for several',
    }),
    store: Flags.string({ description: 'The id of a store: list and remove what belongs to it, also when this computer does not know it' }),
    'dry-run': Flags.boolean({ description: 'List only, remove nothing' }),
    y: Flags.boolean({ char: 'y', description: 'Remove without asking' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Gc);
    noArguments(argv);
    const { findLeftovers, removeLeftovers } = await import('../machine/gc/gc.js');
    const session = await this.session();
    const { driver: drivers = [], store } = flags;
    this.io.progress('Looking for what is left over');
    const items = await findLeftovers(session, { drivers, ...(store === undefined ? {} : { store }) });
    const removable = items.filter((item) => item.removable);
    const remove = !flags['dry-run'] && removable.length > 0;
    if (flags.json && !(remove && flags.y)) {
      this.show(items, () => '');
      return;
    }
    if (!flags.json) this.print(items.length === 0 ? 'Nothing is left over.' : gcTable(items, Date.now()));
    if (!remove) return;
    if (!flags.y && !(await this.mayRemove(removable.length))) return;
    const outcomes = await removeLeftovers(session, items);
    const failed = outcomes.flatMap((outcome) =>
      'error' in outcome ? [{ id: outcome.name, error: TsmachineError.from(outcome.error).message }] : [],
    );
    if (flags.json) this.show({ removed: outcomes.length - failed.length, failed }, () => '');
    else this.io.info(`Removed ${outcomes.length - failed.length} of ${outcomes.length}.`);
    for (const { id, error } of failed) this.io.warn(`${id}: ${error}`);
    if (failed.length > 0) this.exit(1);
  }

  /** @throws TsmachineError CANCELLED where nobody can answer */
  private async mayRemove(count: number): Promise<boolean> {
    const answer = await this.confirm(`Remove ${count === 1 ? 'it' : `these ${count}`}? (y/n): `);
    if (answer === undefined) {
      throw new TsmachineError('CANCELLED', 'Nothing was removed: nobody could be asked', { hint: run('gc', '-y') });
    }
    return answer;
  }
}
