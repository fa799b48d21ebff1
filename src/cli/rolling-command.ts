import * as Flags from '@oclif/core/flags';

import type { RollingOptions, RollingReport } from '../swarm/upkeep/rolling.js';
import { run, say } from '../base/text.js';
import type { Session } from '../machine/session.js';
import { MachineCommand } from './command.js';
import { jsonFlag } from './line/flags.js';
import { optionalArgument } from './line/arguments.js';
import { rollingDone, rollingPlan } from './output/rolling-text.js';

interface RollingFlags {
  readonly 'no-drain': boolean;
  readonly 'dry-run': boolean;
  readonly 'workers-at-once': number;
}

/** The base of commands that change a swarm node by node. */
export abstract class RollingCommand extends MachineCommand {
  static override usage = '[swarm|machine]';
  static override operands = { kind: 'swarm' } as const;
  static override infoTo = 'stdout' as const;
  static override flags = {
    ...jsonFlag,
    'dry-run': Flags.boolean({ description: 'Only show what would change' }),
    'no-drain': Flags.boolean({ description: 'Do not move the tasks off a node while its engine restarts' }),
    'workers-at-once': Flags.integer({ min: 1, default: 1, description: 'How many workers may be down at the same time' }),
  };

  /** Shows the plan, makes the change, and reports what was done. */
  protected async roll(
    words: readonly string[],
    flags: RollingFlags,
    change: (session: Session, swarm: string | undefined, options: RollingOptions) => Promise<RollingReport>,
  ): Promise<void> {
    const given = optionalArgument(words);
    const verb = this.id?.split(':').at(-1) ?? '';
    this.afterInterrupt = say`Run the same command again to continue: ${run('swarm', verb, ...(given === undefined ? [] : [given]))}`;
    const report = await change(await this.session(), given, {
      drain: !flags['no-drain'],
      workersAtOnce: flags['workers-at-once'],
      dryRun: flags['dry-run'],
      onPlan: (plan) => {
        this.io.info(rollingPlan(plan));
      },
    });
    const { json } = this.invocation;
    if (json) this.show(report, () => '');
    else if (!report.done && report.turns.length > 0) return;
    else this.print(rollingDone(report));
  }
}
