import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';
import { noArguments } from '../cli/line/arguments.js';
import { gcTable } from '../cli/output/gc-table.js';
import { messageOf } from '../base/errors.js';
import { run, say } from '../base/text.js';

export default class Gc extends MachineCommand {
  static override summary = 'Find and remove what deleted machines and stores left behind';
  static override description =
    'Lists virtual machines, local machines, networks and cloud resources that tsmachine made and that belong to no machine of any store ' +
    'on this computer, and removes them if you agree. Nothing is removed that belongs to an existing store, or to one on a disk that is ' +
    'not mounted.';
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
    store: Flags.string({
      description: 'The id of a store, or its folder: list and remove what belongs to it, also when this computer does not know it',
    }),
    'dry-run': Flags.boolean({ description: 'List only, remove nothing' }),
    y: Flags.boolean({ char: 'y', description: 'Remove without asking' }),
    ...jsonFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Gc);
    noArguments(argv);
    const { findLeftovers, forgetWhatIsGone, removeLeftovers } = await import('../machine/gc/gc.js');
    const session = await this.session();
    const { driver: drivers = [], store } = flags;
    const options = { drivers, ...(store === undefined ? {} : { store }) };
    this.io.progress('Looking for what is left over');
    const looked = (driver: string, credentials: string) => {
      this.io.info(`${driver}: looked with ${credentials}; what only others can see is not listed`);
    };
    const items = await findLeftovers(session, { ...options, looked });
    const mayRemove = !flags['dry-run'] && (!flags.json || flags.y);
    if (!mayRemove || !flags.json) this.show(items, () => (items.length === 0 ? 'Nothing is left over.' : gcTable(items, Date.now())));
    if (!mayRemove) return;
    const removable = items.filter((item) => item.removable);
    if (removable.length === 0) await forgetWhatIsGone(session, { drivers });
    if (removable.length === 0 && !flags.json) return;
    if (!flags.y && !(await this.agrees(`Remove ${removable.length === 1 ? 'it' : `these ${removable.length}`}? (y/n): `, run('gc', '-y'))))
      return;
    const outcomes = removable.length === 0 ? [] : await removeLeftovers(session, removable, options);
    const failed = removable.flatMap((item, i) => {
      const outcome = outcomes[i];
      return outcome && 'error' in outcome ? [{ ...item, error: messageOf(outcome.error) }] : [];
    });
    const removed = removable.filter((_item, i) => !('error' in (outcomes[i] ?? {})));
    if (flags.json) this.show({ removed, failed }, () => '');
    else this.io.info(`Removed ${removed.length} of ${removable.length}.`);
    for (const { kind, id, name, error } of failed) this.io.warn(say`${kind} ${name ?? id}: ${error}`);
    if (failed.length > 0) this.exit(1);
  }
}
