import type { SwarmDeclaration } from '../model/declaration.js';
import { planSwarm, stepText, type Plan, type StepKind } from '../plan/plan.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, type Text } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { type Swarm, withSwarm } from '../reach/swarm.js';
import { change } from './change.js';
import { grow } from './grow.js';
import { refuseLeftovers } from './leftovers.js';
import { wantedMachines, type MachineSettings, type Wanted } from './machines.js';
import type { MachineIo, Run } from './run.js';
import { prune } from './prune.js';
import { seeSwarm } from './see.js';
import { awakenings, look, settleNodes, toWake, wake } from './wake.js';

/** Steps that bring machines into the swarm. */
const growing: readonly StepKind[] = ['create', 'init', 'join', 'rejoin'];

export type { MachineIo } from './run.js';

export interface UpOptions extends MachineSettings {
  readonly declaration: SwarmDeclaration;
  /** How many machines are made or started at once; default 4. */
  readonly concurrency?: number;
  /** Who is told of the work on one machine; default: the session's own. */
  readonly ioOf?: (machine: string) => MachineIo;
}

/** A plan as people and scripts read it. */
export interface PlanReport {
  readonly name: string;
  readonly steps: readonly { readonly kind: string; readonly machine?: string; readonly text: string }[];
  readonly notes: readonly Text[];
  readonly problems: readonly { readonly code: string; readonly message: Text; readonly hint?: Text }[];
}

/**
 * Brings a swarm to what is declared: makes and starts machines, begins the swarm, joins, changes, and removes what it made earlier and
 * that is declared no longer. Everything that is to be is on disk before it is done, so a run that was killed is finished by the next.
 * @returns what was done; nothing for a swarm that is right
 * @throws TsmachineError SWARM_IMMUTABLE, SWARM_FOREIGN, SWARM_QUORUM, MACHINE_EXISTS before anything is done; afterwards what failed
 */
export async function bringUp(session: Session, options: UpOptions): Promise<PlanReport> {
  const {
    declaration,
    declaration: { name },
  } = options;
  const wanted = await wantedMachines(session, declaration.members, options);
  const { concurrency = 4, ioOf = () => session.io } = options;
  const { swarms } = session.store;
  return swarms.lock(
    name,
    () =>
      withNow(session, declaration, async (swarm) => {
        const run: Run = { swarm, declaration, wanted, concurrency, ioOf, done: [], failed: [] };
        const left = await work(run);
        refuseLeftovers(run, left);
        return reportOf(name, { ...left, steps: run.done });
      }),
    {
      signal: session.signal,
      onWait: () => {
        session.io.progress(`Waiting for another tsmachine that works on swarm ${name}`);
      },
    },
  );
}

/** What `bringUp` would do. Changes nothing. */
export async function planUp(session: Session, options: Omit<UpOptions, 'concurrency' | 'ioOf'>): Promise<PlanReport> {
  const { declaration } = options;
  const wanted = await wantedMachines(session, declaration.members, options);
  return withNow(session, declaration, async (swarm) => reportOf(declaration.name, await planNow(swarm, declaration, wanted)));
}

/** The straight line. @returns the plan that is left */
async function work(run: Run): Promise<Plan> {
  const { swarm, declaration, wanted } = run;
  const plan = async () => refuse(run, await planNow(swarm, declaration, wanted));

  let now = await plan();
  if (now.steps.length === 0 && now.problems.length === 0) return now;
  await intend(run, now);
  for (const which of awakenings) {
    const asleep = toWake(run, now, which);
    if (asleep.length === 0) continue;
    await wake(run, asleep);
    now = await plan();
  }
  if (now.steps.some(({ kind }) => growing.includes(kind))) {
    await prune(run, now);
    await grow(run, now);
    await look(run);
    now = await plan();
  }
  await prune(run, now);
  await change(run, now);
  await look(run);
  await settleNodes(run);
  return planNow(swarm, declaration, wanted);
}

/** Who is to be a member is known before its machine is made. What up makes has a group; only that it will ever remove. */
async function intend({ swarm, declaration }: Run, { steps }: Plan): Promise<void> {
  const created = new Set(steps.flatMap((step) => (step.kind === 'create' ? [step.machine] : [])));
  const { members: known } = swarm.record;
  const members = Object.fromEntries(
    declaration.members.map(({ machine, role, group }) => [
      machine,
      { role, ...known[machine], ...(created.has(machine) ? { group } : {}) },
    ]),
  );
  await swarm.keep({ members: { ...known, ...members } });
}

async function planNow(swarm: Swarm, declaration: SwarmDeclaration, wanted: ReadonlyMap<string, Wanted>): Promise<Plan> {
  return planSwarm(declaration, await seeSwarm(swarm, declaration, wanted));
}

/** @throws TsmachineError for the problems that stand in the way of everything, and what has failed until now */
function refuse({ failed, declaration: { name } }: Run, plan: Plan): Plan {
  const blocking = plan.problems.filter(({ blocks }) => blocks);
  const [first] = blocking;
  if (!first) return plan;
  const error = new TsmachineError(
    first.code,
    join(
      blocking.map(({ message }) => message),
      '\n',
    ),
    {
      hint: lines(blocking.map(({ hint }) => hint)),
    },
  );
  throwFailures([...failed, { name, error }]);
  throw error;
}

async function withNow<T>(session: Session, { name, members }: SwarmDeclaration, use: (swarm: Swarm) => Promise<T>): Promise<T> {
  const record = (await session.store.swarms.find(name)) ?? { version: 1, name, members: {} };
  return withSwarm(
    session,
    record,
    use,
    members.map(({ machine }) => machine),
  );
}

function reportOf(name: string, { steps, notes, problems }: Plan): PlanReport {
  return {
    name,
    steps: steps.map((step) => ({ kind: step.kind, ...('machine' in step ? { machine: step.machine } : {}), text: stepText(step) })),
    notes,
    problems: problems.map(({ code, message, hint }) => ({ code, message, ...(hint === undefined ? {} : { hint }) })),
  };
}
