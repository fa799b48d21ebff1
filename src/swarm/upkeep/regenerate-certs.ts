import { TsmachineError, type ErrorCode } from '../../base/errors.js';
import { run } from '../../base/text.js';
import { regenerateCertificates } from '../../machine/provision.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { eachInTurn, inTurn, rebalance, type RollingOptions, type RollingReport } from './rolling.js';
import { rollingMembers } from './rolling-members.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/** Errors of an engine that a new certificate repairs. */
const repaired: readonly ErrorCode[] = ['ENGINE_TLS', 'CERT_EXPIRED', 'CERT_NOT_SERVED'];

/**
 * Makes new server certificates for the engines of a swarm, node by node. The machines that still need one are written down: the next run
 * continues one that stopped, and leaves alone the machines that have theirs.
 * @throws TsmachineError SWARM_STATE, SWARM_QUORUM, SWARM_LOCKED; as `regenerateCertificates`, with what remains
 */
export async function regenerateSwarm(session: Session, given?: string, options: RollingOptions = {}): Promise<RollingReport> {
  const { drain = true, workersAtOnce = 1 } = options;
  const { name: which } = await findSwarm(session, given);
  return lockSwarm(session, which, async () =>
    withSwarm(session, await findSwarm(session, which), async (swarm): Promise<RollingReport> => {
      if (!swarm.manager && !canRepair(swarm)) throw swarm.whyNoManager();
      const { names, notes } = rollingMembers(swarm);
      const { renewing } = swarm.record;
      const left = names.filter((name) => renewing?.left.includes(name));
      const goesOn = renewing && left.length > 0;
      const wanted = goesOn ? left : names;
      const report = {
        swarm: which,
        skipped: names.filter((name) => !wanted.includes(name)),
        done: false,
        notes: [...notes, ...(goesOn ? [`This continues a run that began at ${renewing.since} and stopped`] : [])],
        turns: inTurn(swarm, wanted).map(({ name: machine, role, leader }) => ({
          machine,
          role,
          leader,
          what: ['new server certificate'],
        })),
      };
      if (wanted.length > 0) options.onPlan?.(report);
      if (options.dryRun) return report;
      const since = goesOn ? renewing.since : new Date().toISOString();
      await keepLeft(swarm, since, wanted);
      await eachInTurn(
        swarm,
        report.turns.map(({ machine }) => machine),
        {
          drain,
          workersAtOnce,
          doing: 'Making a new certificate for',
          work: (inside, name) => regenerateCertificates(inside, name, { clientCerts: false }),
          onDone: (name) =>
            keepLeft(
              swarm,
              since,
              (swarm.record.renewing?.left ?? []).filter((other) => other !== name),
            ),
          doneText: () => 'serves its new certificate',
          again: run('swarm', 'regenerate-certs', which),
        },
      );
      return { ...report, done: true, notes: [...notes, ...(drain && wanted.length > 0 ? [rebalance] : [])] };
    }),
  );
}

async function keepLeft(swarm: Swarm, since: string, left: readonly string[]): Promise<void> {
  await swarm.keep({ renewing: { since, left } });
}

/** No manager can be asked because no certificate is valid any more, which new ones repair. */
function canRepair(swarm: Swarm): boolean {
  const silent = Object.entries(swarm.record.members)
    .filter(([, { role }]) => role === 'manager')
    .flatMap(([name]) => swarm.members.get(name)?.error ?? []);
  return swarm.managers.length === 0 && silent.some((error) => TsmachineError.is(error) && repaired.includes(error.code));
}
