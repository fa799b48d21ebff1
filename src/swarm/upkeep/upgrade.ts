import { onEach } from '../../machine/choose/each.js';
import type { Session } from '../../machine/session.js';
import { inPassing, prefixed } from '../../base/io.js';
import { run } from '../../base/text.js';
import { newerOn, upgradeMachine } from '../../machine/upgrade.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { findSwarm } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { eachInTurn, inTurn, rebalance, type RollingOptions, type RollingReport } from './rolling.js';
import { rollingMembers } from './rolling-members.js';
import { withSwarm } from '../reach/swarm.js';

/** Hosts asked for newer packages at once. */
const askedTogether = 10;

export interface SwarmUpgradeOptions extends RollingOptions {
  /** As `upgradeMachine` takes it. */
  readonly version?: string;
}

/**
 * Upgrades the engines of a swarm, node by node. Every host is asked first what it would get, so what is done already is skipped.
 * @throws TsmachineError FLAG_INVALID, SWARM_STATE, SWARM_QUORUM, SWARM_LOCKED; as `upgradeMachine`, with what remains
 */
export async function upgradeSwarm(session: Session, given?: string, options: SwarmUpgradeOptions = {}): Promise<RollingReport> {
  const { io } = session;
  const { version, drain = true, workersAtOnce = 1 } = options;
  const { checkedVersion } = await import('../../provision/plan/install.js');
  checkedVersion(version); // once, before every host would refuse it
  const { name: which } = await findSwarm(session, given);
  const pin = version === undefined ? {} : { version };
  return lockSwarm(session, which, async () =>
    withSwarm(session, await findSwarm(session, which), async (swarm): Promise<RollingReport> => {
      if (!swarm.manager) throw swarm.whyNoManager();
      const { names, notes } = rollingMembers(swarm);
      io.progress(`Checking ${names.length} machine${names.length === 1 ? '' : 's'} for newer packages`);
      const newer = new Map<string, readonly string[]>();
      throwFailures(
        await onEach(names, askedTogether, async (name) => {
          newer.set(name, await newerOn({ ...session, io: inPassing(prefixed(io, name)) }, name, pin));
        }),
      );
      const wanted = names.filter((name) => newer.get(name)?.length !== 0);
      const report = {
        swarm: which,
        notes,
        skipped: names.filter((name) => !wanted.includes(name)),
        done: false,
        turns: inTurn(swarm, wanted).map(({ name: machine, role, leader }) => ({
          machine,
          role,
          leader,
          what: newer.get(machine) ?? [],
        })),
      };
      if (wanted.length > 0) options.onPlan?.(report);
      if (options.dryRun) return report;
      await eachInTurn(
        swarm,
        report.turns.map(({ machine }) => machine),
        {
          drain,
          workersAtOnce,
          doing: 'Upgrading',
          work: (inside, name) => upgradeMachine(inside, name, pin),
          doneText: (name) => `runs Docker ${swarm.members.get(name)?.membership?.engineVersion ?? ''}`,
          again: run('swarm', 'upgrade', ...(version === undefined ? [] : ['--engine-version', version]), which),
        },
      );
      return { ...report, done: true, notes: [...notes, ...(drain && wanted.length > 0 ? [rebalance] : [])] };
    }),
  );
}
