import { MachineCommand } from '../cli/command.js';
import { findingsTable } from '../cli/output/findings-table.js';
import { jsonFlag } from '../cli/line/flags.js';

export default class Doctor extends MachineCommand {
  static override summary = 'Find problems with machines, the store and this computer';
  static override description =
    'Argument(s) are machine names; the default is all machines. Changes nothing. Exits with status 1 if it finds a fault.';
  static override usage = '[name...]';
  static override examples = ['<%= config.bin %> doctor m1'];
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Doctor);
    const { examine } = await import('../doctor/doctor.js');
    this.io.progress('Checking the store, the machines and this computer');
    const findings = await examine(await this.session(), argv);
    this.show(findings, () => findingsTable(findings));
    if (findings.some(({ level }) => level === 'fault')) this.exit(1);
  }
}
