import { atMost } from '../../system/at-most.js';
import { isSeen, waitForNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import type { Plan, Step } from '../plan/plan.js';
import { TsmachineError } from '../../base/errors.js';
import { startMachine } from '../../machine/lifecycle.js';
import { waitFor } from '../../base/wait.js';
import { unlockMember } from '../rescue/unlock.js';
import { allOf, attempt, sessionOf, type Run } from './run.js';

/** Milliseconds for managers that have just started to elect a leader. */
const quorumTimeout = 30_000;
/** Milliseconds for the managers to see a node that runs. */
const seenTimeout = 30_000;

/** Managers, then those of them that are locked, then workers: an engine of a worker answers late while it finds no manager. */
export const awakenings = ['managers', 'locked', 'workers'] as const;

/** The steps of a plan that one awakening takes. */
export function toWake({ declaration: { members } }: Run, { steps }: Plan, which: (typeof awakenings)[number]): Step[] {
  const managers = members.filter(({ role }) => role === 'manager').map(({ machine }) => machine);
  return steps.filter((step) =>
    which === 'locked' ? step.kind === 'unlock' : step.kind === 'start' && managers.includes(step.machine) === (which === 'managers'),
  );
}

/** Starts machines that are off, or unlocks managers that are locked: only then it shows what the swarm is. */
export async function wake(run: Run, steps: readonly Step[]): Promise<void> {
  const { swarm } = run;
  const bounded = atMost(run.concurrency);
  await allOf(
    steps.map((step) =>
      bounded(async () => {
        if (step.kind === 'start')
          await attempt(run, step.machine, [step], (io) => startMachine(sessionOf(run, step.machine, io), step.machine));
        if (step.kind === 'unlock') await attempt(run, step.machine, [step], () => unlockMember(swarm, step.machine));
      }),
    ),
  );
  await look(run);
  if (swarm.record.cluster === undefined) return;
  await untilItAnswers(run);
  await settleNodes(run);
}

export async function look({ swarm, declaration }: Run): Promise<void> {
  await swarm.look(declaration.members.map(({ machine }) => machine));
}

/** Without an answer the next plan says why there is none. */
async function untilItAnswers(run: Run): Promise<void> {
  const {
    swarm,
    swarm: {
      session: { signal },
    },
  } = run;
  await inTime(
    waitFor(
      async () => {
        if (!swarm.manager) await look(run);
        const locked = [...swarm.members.values()].some(({ membership }) => membership?.state === 'locked');
        return swarm.manager !== undefined || locked ? true : undefined; // those that are locked are unlocked next
      },
      { timeout: quorumTimeout, signal, what: `a manager of swarm "${swarm.name}" to answer` },
    ),
  );
}

/**
 * Waits until the managers see every declared node whose engine runs: those that come back, and all of them while a new leader gets to
 * know them. What they do not see in time is in the next plan.
 */
export async function settleNodes({ swarm, declaration }: Run): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  await allOf(
    declaration.members.map(async ({ machine }) => {
      const node = swarm.nodeOf(machine);
      if (!node || !swarm.manager || swarm.members.get(machine)?.membership?.state !== 'active') return;
      await inTime(
        waitForNode(patient(swarm.control, signal), node.id, (now) => now === undefined || isSeen(now), {
          what: `the managers to see ${machine}`,
          timeout: seenTimeout,
          signal,
        }),
      );
    }),
  );
  await swarm.lookAtNodes();
}

async function inTime(waiting: Promise<unknown>): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
  }
}
