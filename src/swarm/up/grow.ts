import { atMost } from '../../system/at-most.js';
import { leaveSwarm } from '../engine/init-join-leave.js';
import type { Plan, Step } from '../plan/plan.js';
import type { Labels } from '../../base/swarm-node.js';
import { createMachine } from '../../machine/create.js';
import { TsmachineError } from '../../base/errors.js';
import { waitFor } from '../../base/wait.js';
import { begin } from '../members/init.js';
import { joinMachine } from '../members/join.js';
import { checkHost } from './before.js';
import { allOf, attempt, sessionOf, type MachineIo, type Run } from './run.js';
import { leaveForGood } from './rejoin.js';

/** Workers that join at once; managers join one after the other. */
const workersTogether = 10;
/** Milliseconds for a join that an interrupted run began to end, one way or the other. */
const pendingTimeout = 60_000;

/**
 * Makes machines and brings them into the swarm, each as soon as it is ready: the first manager begins the swarm however far the others
 * are, a worker joins when it stands. Without a first manager the machines are made all the same, and the next run joins them.
 */
export async function grow(run: Run, { steps }: Plan): Promise<void> {
  const { swarm } = run;
  const machines = atMost(run.concurrency);
  const lanes = { manager: atMost(1), worker: atMost(workersTogether) };
  const made = gate(swarm.manager !== undefined);
  const todo = run.declaration.members
    .map((member) => ({ member, own: steps.filter((step) => belongs(step, member.machine)) }))
    .filter(({ own }) => own.length > 0);

  const labels = new Map(todo.map(({ member: { machine } }) => [machine, swarm.nodeOf(machine)?.labels ?? {}])); // of nodes that join anew
  await allOf(
    todo.map(async ({ member: { machine: name, role }, own }) => {
      const ready = await machines(() =>
        attempt(
          run,
          name,
          own.filter(({ kind }) => kind === 'create'),
          (io) => makeReady(run, name, own, io),
        ),
      );
      const begins = own.find(({ kind }) => kind === 'init');
      if (begins) {
        try {
          made.open(ready && (await attempt(run, name, [begins], () => beginOn(run, name))));
        } finally {
          made.open(false); // an interruption must leave nobody waiting
        }
        return;
      }
      if (!ready || !(await made.opened)) return;
      await lanes[role](() =>
        attempt(
          run,
          name,
          own.filter(({ kind }) => kind === 'join' || kind === 'rejoin'),
          (io) => enter(run, name, { own, before: labels.get(name) ?? {} }, io),
        ),
      );
    }),
  );
}

function belongs(step: Step, machine: string): boolean {
  return (step.kind === 'create' || step.kind === 'init' || step.kind === 'join' || step.kind === 'rejoin') && step.machine === machine;
}

async function makeReady(run: Run, name: string, own: readonly Step[], io: MachineIo): Promise<void> {
  const request = run.wanted.get(name)?.request;
  if (!request || !own.some(({ kind }) => kind === 'create')) return;
  await createMachine(sessionOf(run, name, io), request);
  await run.swarm.lookAt(name);
}

async function beginOn(run: Run, name: string): Promise<void> {
  const {
    swarm,
    declaration: { settings },
  } = run;
  const member = run.wanted.get(name)?.member;
  const {
    membership: { state },
  } = await settled(run, name);
  if (state === 'active') {
    // an interrupted run asked for it
    await swarm.look(run.declaration.members.map(({ machine }) => machine));
    if (swarm.manager) return;
    throw swarm.whyNoManager();
  }
  if (state !== 'inactive') await leaveSwarm((await swarm.lookAt(name)).engine, { force: true });
  await checkHost(swarm.session, name, settings);
  await begin(swarm, name, { ...member, settings, availability: member?.availability ?? 'active' });
  swarm.session.io.info(`${name} is the first manager of swarm "${swarm.name}".`);
}

async function enter(run: Run, name: string, { own, before }: { own: readonly Step[]; before: Labels }, io: MachineIo): Promise<void> {
  const { swarm } = run;
  const member = run.wanted.get(name)?.member;
  if (!member) return;
  const {
    membership: { state },
  } = await settled(run, name);
  if (state === 'inactive') await checkHost({ ...swarm.session, io }, name, run.declaration.settings);
  if (own.some(({ kind }) => kind === 'rejoin')) await leaveForGood(swarm, name);
  const labels = Object.keys(member.labels).length > 0 ? member.labels : before;
  await joinMachine(swarm, name, {
    role: member.role,
    availability: member.availability,
    labels,
    io,
    advertiseAddr: member.advertiseAddr,
    listenAddr: member.listenAddr,
    dataPathAddr: member.dataPathAddr,
  });
  if (member.role === 'manager') await swarm.lookAtNodes();
}

/** The machine's membership, once a join in the background has ended. */
async function settled({ swarm }: Run, name: string) {
  if (swarm.reached(name).membership.state !== 'pending') return swarm.reached(name);
  return waitFor(
    async () => {
      const now = await swarm.lookAt(name);
      return now.membership.state === 'pending' ? undefined : now;
    },
    { timeout: pendingTimeout, signal: swarm.session.signal, what: `the engine of ${name} to end the join that an interrupted run began` },
  ).catch((error: unknown) => {
    if (TsmachineError.is(error) && error.code === 'WAIT_TIMEOUT') return swarm.reached(name); // joining again starts from nothing
    throw error;
  });
}

/** Lets those who wait for the swarm through once it is known whether it was made. */
function gate(isOpen: boolean): { readonly opened: Promise<boolean>; open: (made: boolean) => void } {
  const { promise, resolve } = withResolvers<boolean>();
  if (isOpen) resolve(true);
  return { opened: promise, open: resolve };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
