import pLimit from 'p-limit';

import { waitUntilSeen } from '../../../swarm/join.js';
import { patient } from '../../../swarm/patient.js';
import type { Plan } from '../../../swarm/plan.js';
import { TsmachineError } from '../../errors.js';
import { startMachine } from '../../lifecycle.js';
import { waitFor } from '../../wait.js';
import { unlockMember } from '../unlock.js';
import { allOf, attempt, sessionOf, type Run } from './run.js';

/** Milliseconds for managers that have just started to elect a leader. */
const quorumTimeout = 30_000;

/** Starts the machines that are off, or unlocks the managers that are locked: only then it shows what the swarm is. */
export async function wake(run: Run, { steps }: Plan, kind: 'start' | 'unlock'): Promise<void> {
  const { swarm } = run;
  const bounded = pLimit(run.concurrency);
  await allOf(steps.filter((step) => step.kind === kind).map((step) => bounded(async () => {
    if (step.kind === 'start') await attempt(run, step.machine, [step], (io) => startMachine(sessionOf(run, step.machine, io), step.machine));
    if (step.kind === 'unlock') await attempt(run, step.machine, [step], () => unlockMember(swarm, step.machine));
  })));
  await look(run);
  if (swarm.record.cluster === undefined) return;
  await untilItAnswers(run);
  await allOf(run.done.map((step) => (step.kind === kind ? untilSeen(run, step.machine) : Promise.resolve())));
  await swarm.lookAtNodes();
}

export async function look({ swarm, declaration }: Run): Promise<void> {
  await swarm.look(declaration.members.map(({ machine }) => machine));
}

/** Without an answer the next plan says why there is none. */
async function untilItAnswers(run: Run): Promise<void> {
  const { swarm, swarm: { session: { signal } } } = run;
  try {
    await waitFor(async () => {
      if (!swarm.manager) await look(run);
      return swarm.manager;
    }, { timeout: quorumTimeout, signal, what: `a manager of swarm "${swarm.name}" to answer` });
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
  }
}

/** A node that comes back is seen a little later. */
async function untilSeen(run: Run, name: string): Promise<void> {
  const { swarm, swarm: { session: { signal } } } = run;
  const node = swarm.nodeOf(name);
  if (!node || !swarm.manager) return;
  await attempt(run, name, [], () => waitUntilSeen(patient(swarm.control, signal), { machine: name, id: node.id, role: node.role, signal }));
}
