import * as Flags from '@oclif/core/flags';

import { checkReport } from '../../cli/output/check-matrix.js';
import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';

export default class SwarmCheck extends MachineCommand {
  static override summary = 'Find what keeps machines from being a swarm';
  static override description =
    'Argument(s) are machine names; all that run without one. Every machine sends to every other one what a ' +
    'swarm sends, before or while there is one. Exit status 1 when there is a fault.';
  static override usage = '[name...]';
  static override examples = ['<%= config.bin %> swarm check --managers m1 m1 w1 w2'];
  static override flags = {
    ...jsonFlag,
    'data-path-port': Flags.integer({ description: 'UDP port of overlay networks; default 4789' }),
    esp: Flags.boolean({ description: 'Also check what encrypted overlay networks need' }),
    managers: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Machines that are to be managers, by commas; default all',
    }),
    mtu: Flags.integer({ description: 'Bytes of the packets of overlay networks', default: 1500 }),
    pool: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Address range for overlay networks; default 10.0.0.0/8',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SwarmCheck);
    const { 'data-path-port': dataPathPort, managers, mtu, pool: pools, esp } = flags;
    const { checkSwarm } = await import('../../swarm/check/check.js');
    const result = await checkSwarm(await this.session(), argv, {
      esp,
      mtu,
      ...(dataPathPort !== undefined && { dataPathPort }),
      ...(pools && { pools }),
      ...(managers && { managers: managers.flatMap((names) => names.split(',')).filter((name) => name !== '') }),
    });
    this.show(result, () => checkReport(result));
    if (result.findings.some(({ level }) => level === 'fault')) this.exit(1);
  }
}
