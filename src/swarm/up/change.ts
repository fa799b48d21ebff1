import { atMost } from '../../system/at-most.js';
import { readCluster, updateCluster, withSettings } from '../engine/cluster.js';
import { waitUntilSeen } from '../engine/init-join-leave.js';
import { changeNode, waitForNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { stepText, type Plan, type Step } from '../plan/plan.js';
import type { Role } from '../../base/swarm-node.js';
import { removeMachine } from '../../machine/remove.js';
import type { Session } from '../../machine/session.js';
import { depart } from '../members/leave/depart.js';
import { keepUnlockKey } from '../members/init.js';
import type { Swarm } from '../reach/swarm.js';
import { allOf, attempt, sessionOf, type Run } from './run.js';

type Removal = Step & { readonly kind: 'remove' };

/** Workers that are taken away at once. */
const workersTogether = 10;
/** Milliseconds for a manager to become a worker. */
const demoteTimeout = 60_000;

/** Brings nodes and settings to what is declared, and takes away what is declared no longer: the latter only when all else went well. */
export async function change(run: Run, { steps }: Plan): Promise<void> {
  for (const step of steps) {
    const name = 'machine' in step ? step.machine : run.swarm.name;
    if (step.kind === 'settings') await attempt(run, name, [step], () => changeSettings(run));
    else if (step.kind === 'promote' || step.kind === 'demote') await attempt(run, name, [step], () => changeRole(run.swarm, step));
    else if (step.kind === 'labels') await attempt(run, name, [step], () => adjust(run.swarm, step.node, { labels: step.labels }));
    else if (step.kind === 'availability')
      await attempt(run, name, [step], () => adjust(run.swarm, step.node, { availability: step.availability }));
    else continue;
    if (run.done.includes(step)) run.swarm.session.io.info(`Done: ${stepText(step)}`);
  }
  if (run.failed.length === 0)
    await takeAway(
      run,
      steps.flatMap((step) => (step.kind === 'remove' ? [step] : [])),
    );
}

/** Workers together, managers one after the other. */
async function takeAway(run: Run, steps: readonly Removal[]): Promise<void> {
  const isManager = ({ machine }: Removal) => run.swarm.nodeOf(machine)?.role === 'manager';
  const bounded = atMost(workersTogether);
  const away = (step: Removal) => attempt(run, step.machine, [step], (io) => remove(run, step, sessionOf(run, step.machine, io)));
  await allOf(steps.filter((step) => !isManager(step)).map((step) => bounded(() => away(step))));
  for (const step of steps.filter(isManager)) if (run.failed.length === 0) await away(step);
}

async function changeSettings({ swarm, declaration: { settings } }: Run): Promise<void> {
  const wanted = await withSettings((await readCluster(swarm.control)).spec, settings);
  await updateCluster(swarm.control, () => wanted);
  await keepUnlockKey(swarm);
}

/** A manager that is asked while it becomes a worker answers no longer: another one is asked, where there is one. */
async function changeRole(swarm: Swarm, { kind, machine, node }: Step & { kind: 'promote' | 'demote' }): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const role: Role = kind === 'promote' ? 'manager' : 'worker';
  const beside = swarm.managers.find((other) => other.name !== machine);
  const manager = patient(beside?.engine ?? swarm.control, signal);
  await changeNode(manager, node, { role });
  if (role === 'manager') await waitUntilSeen(manager, { machine, id: node, role, signal });
  else {
    await waitForNode(manager, node, (now) => now?.role === 'worker' && now.reachability === undefined, {
      what: `${machine} to be no manager any longer`,
      timeout: demoteTimeout,
      signal,
    });
  }
  await swarm.keepMember(machine, { ...swarm.record.members[machine], role, node });
  await swarm.lookAt(machine);
  await swarm.lookAtNodes();
}

async function adjust(swarm: Swarm, node: string, wanted: Parameters<typeof changeNode>[2]): Promise<void> {
  await changeNode(patient(swarm.control, swarm.session.signal), node, wanted);
}

async function remove({ swarm }: Run, { machine }: Removal, session: Session): Promise<void> {
  await depart(swarm, machine, { force: true, remembered: true });
  if (await session.store.exists(machine)) await removeMachine(session, machine, { force: false });
  await swarm.forgetMember(machine);
  swarm.session.io.info(`${machine} is removed.`);
}
