import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { jsonFlag, seconds } from '../cli/line/flags.js';
import { jsonRow, machineTable } from '../cli/output/machine-table.js';
import { asTyped } from '../cli/line/program.js';
import { messageOf } from '../base/errors.js';
import { run, say } from '../base/text.js';
import type { Session } from '../machine/session.js';

export default class Ls extends MachineCommand {
  static override summary = 'List machines';
  static override usage = '';
  static override examples = [
    '<%= config.bin %> ls --filter driver=generic --filter state=running',
    "<%= config.bin %> ls --format 'table {{.Name}}\\t{{.URL}}'",
  ];
  static override operands = { kind: 'none' } as const;
  static override flags = {
    quiet: Flags.boolean({ char: 'q', description: 'Print only the names' }),
    filter: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Filter output based on conditions: driver, name, state, swarm, label',
    }),
    timeout: seconds({ char: 't', default: 10, description: 'Seconds to wait for each machine' }),
    format: Flags.string({ char: 'f', description: 'Pretty-print machines using a Go template', exclusive: ['json'] }),
    ...jsonFlag,
  };

  /** Machines of a store that was deleted by hand run on without anybody seeing them. */
  private async mentionLeftovers(session: Session): Promise<void> {
    const { machinesOfDeletedStores } = await import('../machine/gc/deleted-stores.js');
    const count = await machinesOfDeletedStores(session).catch((error: unknown) => {
      session.io.debug(say`This computer's list of stores cannot be read: ${messageOf(error)}`);
      return 0;
    });
    if (count === 0) return;
    session.io.warn(say`${count} machine${count === 1 ? '' : 's'} of a deleted store may still exist: ${run('gc')} shows what is left`);
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Ls);
    const [session, { listMachines, listNames }, { parseFilters }] = await Promise.all([
      this.session(),
      import('../machine/list.js'),
      import('../machine/choose/selection.js'),
    ]);
    const options = { timeoutMs: flags.timeout * 1000, filters: parseFilters(flags.filter ?? []) };
    if (flags.quiet) {
      const names = await listNames(session, options);
      if (names.length > 0 || flags.json) this.show(names, () => names.join('\n'));
      return;
    }
    const formatted = flags.format
      ? (await import('../cli/format/ls.js')).compileListFormat(flags.format, { pointed: this.invocation.screen.live })
      : undefined;
    const rows = (await listMachines(session, options)).map((row) => ({ ...row, error: asTyped(row.error) }));
    if (formatted)
      formatted(rows, (text) => {
        this.invocation.progress.writeUnchanged(this.invocation.screen.stdout, text); // the template is the user's, the values are visible
      });
    else this.show(rows.map(jsonRow), () => machineTable(rows));
    if (!formatted && !flags.json) await this.mentionLeftovers(session);
  }
}
