import type { Io } from '../../base/io.js';
import type { Labels } from '../../base/swarm-node.js';
import { unlessTimeout, waitFor } from '../../base/wait.js';
import { leaveSwarm } from '../engine/init-join-leave.js';
import { nodeAddresses } from '../members/addresses.js';
import { begin } from '../members/init.js';
import { joinMachine } from '../members/join.js';
import type { Reached } from '../reach/swarm.js';
import { checkHost } from './check-host.js';
import { leaveToRejoin } from './leave-to-rejoin.js';
import type { UpRun } from './up-run.js';

/** Milliseconds for a join that an interrupted run began to succeed or fail. */
const pendingTimeout = 60_000;

/** Makes the machine the first manager of the swarm. */
export async function beginSwarm(up: UpRun, { machine }: { readonly machine: string }): Promise<void> {
  const {
    swarm,
    declaration: { settings, members },
  } = up;
  const member = up.wanted.get(machine)?.member;
  const {
    membership: { state },
  } = await afterPendingJoin(up, machine);
  if (state === 'active') {
    // an interrupted run initialised it
    await swarm.look(members.map((one) => one.machine));
    if (swarm.manager) return;
    throw swarm.whyNoManager();
  }
  if (state !== 'inactive') await leaveSwarm((await swarm.lookAt(machine)).engine, { force: true });
  await checkHost(up, machine, swarm.session.io);
  await begin(swarm, machine, { ...member, settings, availability: member?.availability ?? 'active' });
  swarm.session.io.info(`${machine} is the first manager of swarm "${swarm.name}".`);
}

interface Joining {
  readonly machine: string;
  /** Every label that the node is to have. */
  readonly labels: Labels;
}

/** Joins the machine to the swarm. */
export async function joinToSwarm(up: UpRun, step: Joining, io: Io): Promise<void> {
  await checkBeforeJoin(up, step.machine, io);
  await join(up, step, io);
}

/** Has the machine leave the swarm and join again. */
export async function joinSwarmAgain(up: UpRun, step: Joining, io: Io): Promise<void> {
  await checkBeforeJoin(up, step.machine, io);
  const { machine } = up.swarm.reached(step.machine);
  await nodeAddresses(up.swarm, machine, up.wanted.get(step.machine)?.member ?? {}); // what refuses the join does so before it leaves
  await leaveToRejoin(up.swarm, step.machine);
  await join(up, step, io);
}

async function checkBeforeJoin(up: UpRun, machine: string, io: Io): Promise<void> {
  const {
    membership: { state },
  } = await afterPendingJoin(up, machine);
  if (state === 'inactive') await checkHost(up, machine, io);
}

async function join({ swarm, wanted }: UpRun, { machine, labels }: Joining, io: Io): Promise<void> {
  const member = wanted.get(machine)?.member;
  if (!member) return;
  const { role, availability, advertiseAddr, listenAddr, dataPathAddr } = member;
  await joinMachine(swarm, machine, { role, availability, labels, io, advertiseAddr, listenAddr, dataPathAddr });
  if (role === 'manager') await swarm.lookAtNodes();
}

/** The machine once a join in the background has ended. Without an end in time it is as it was: joining again starts from nothing. */
async function afterPendingJoin({ swarm }: UpRun, machine: string): Promise<Reached> {
  if (swarm.reached(machine).membership.state !== 'pending') return swarm.reached(machine);
  const ended = await unlessTimeout(
    waitFor(
      async () => {
        const now = await swarm.lookAt(machine);
        return now.membership.state === 'pending' ? undefined : now;
      },
      {
        timeout: pendingTimeout,
        signal: swarm.session.signal,
        what: `the engine of ${machine} to end the join that an interrupted run began`,
      },
    ),
  );
  return ended ?? swarm.reached(machine);
}
