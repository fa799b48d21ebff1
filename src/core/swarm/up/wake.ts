import pLimit from 'p-limit';

import type { Plan } from '../../../swarm/plan.js';
import { startMachine } from '../../lifecycle.js';
import { attempt, sessionOf, type Run } from './run.js';
import { unlockMember } from '../unlock.js';

/** Starts the machines that are off and unlocks the managers that are locked: only then it shows what the swarm is. */
export async function wake(run: Run, { steps }: Plan): Promise<void> {
  const bounded = pLimit(run.concurrency);
  await Promise.all(steps.filter(({ kind }) => kind === 'start' || kind === 'unlock').map((step) => bounded(async () => {
    if (step.kind === 'start') await attempt(run, step.machine, [step], (io) => startMachine(sessionOf(run, step.machine, io), step.machine));
    if (step.kind === 'unlock') await attempt(run, step.machine, [step], () => unlockMember(run.swarm, step.machine));
  })));
}
