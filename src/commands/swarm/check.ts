import * as Flags from '@oclif/core/flags';

import { checkReport } from '../../cli/output/check-matrix.js';
import { MachineCommand } from '../../cli/command.js';
import { jsonFlag } from '../../cli/line/flags.js';

export default class SwarmCheck extends MachineCommand {
  static override summary = 'Check whether machines can form a swarm';
  static override description =
    'Argument(s) are machine names; the default is all running machines. Every machine sends test traffic to every other one ' +
    'on the ports of a swarm, whether or not there is one. Exits with status 1 if it finds a fault.';
  static override usage = '[name...]';
  static override examples = ['<%= config.bin %> swarm check --managers m1 m1 w1 w2'];
  static override flags = {
    ...jsonFlag,
    'data-path-port': Flags.integer({ description: 'UDP port of overlay networks; the default is 4789' }),
    esp: Flags.boolean({ description: 'Also check the requirements of encrypted overlay networks' }),
    managers: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Machines that will be managers, separated by commas; the default is all',
    }),
    mtu: Flags.integer({ description: 'MTU of overlay networks, in bytes', default: 1500 }),
    pool: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Address range for overlay networks; the default is 10.0.0.0/8',
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
