import { TsmachineError } from '../../base/errors.js';
import { join, lines, type Text } from '../../base/text.js';
import { throwFailures } from '../../machine/choose/failures.js';
import type { Session } from '../../machine/session.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import { planSwarm, type Plan } from '../plan/plan.js';
import { lockSwarm } from '../reach/lock.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';
import { stepOrder, stepsIn, stepText, type Stage } from '../steps/steps.js';
import type { MachineIo, UpRun } from '../steps/up-run.js';
import { wantedMachines, type MachineSettings } from '../steps/wanted.js';
import { describeSwarm } from './describe.js';
import { refuseLeftovers } from './leftovers.js';
import { runStage, type RunningUp } from './stages.js';
import { inspectAll, waitUntilSeen } from './waits.js';

export interface UpOptions extends MachineSettings {
  readonly declaration: SwarmDeclaration;
  /** How many machines are created or started at once; default 4. */
  readonly concurrency?: number;
  /** Where the work on one machine is reported; default: the session's own io. */
  readonly ioOf?: (machine: string) => MachineIo;
  /**
   * Whether machines that are no longer declared may be removed, with all that is on them. It is asked once, with all of them, before
   * anything is done. Without it, such a declaration is refused.
   */
  readonly confirmRemoval?: (machines: readonly string[]) => boolean | Promise<boolean>;
}

/** A plan as people and scripts read it. */
export interface PlanReport {
  readonly name: string;
  readonly steps: readonly { readonly kind: string; readonly machine?: string; readonly text: string }[];
  readonly notes: readonly Text[];
  readonly problems: readonly { readonly code: string; readonly message: Text; readonly hint?: Text }[];
}

/**
 * Brings a swarm to what is declared: creates and starts machines, initialises the swarm, joins machines, changes nodes, and removes
 * machines that it created earlier and that are no longer declared, if that is confirmed. What is intended is on disk before it is done,
 * so the next run finishes one that was killed.
 * @returns what was done; nothing for a swarm that is as declared
 * @throws TsmachineError CANCELLED when a removal is not confirmed; SWARM_IMMUTABLE, SWARM_FOREIGN, SWARM_QUORUM, MACHINE_EXISTS before
 * anything is done; afterwards what failed
 */
export async function bringUp(session: Session, options: UpOptions): Promise<PlanReport> {
  const { declaration, concurrency = 4, ioOf = () => session.io, confirmRemoval } = options;
  const { name, members } = declaration;
  const wanted = await wantedMachines(session, members, options);
  return lockSwarm(session, name, () =>
    withDeclared(session, declaration, async (swarm) => {
      const up: RunningUp = { swarm, declaration, wanted, concurrency, ioOf, warned: new Set(), done: [], failed: [] };
      const left = await runStages(up, confirmRemoval);
      refuseLeftovers(up, left);
      return reportOf(name, { ...left, steps: up.done });
    }),
  );
}

/** What `bringUp` would do. Changes nothing. */
export async function planUp(session: Session, options: Omit<UpOptions, 'concurrency' | 'ioOf' | 'confirmRemoval'>): Promise<PlanReport> {
  const { declaration } = options;
  const wanted = await wantedMachines(session, declaration.members, options);
  return withDeclared(session, declaration, async (swarm) => reportOf(declaration.name, await planNow({ swarm, declaration, wanted })));
}

/** Every stage in its order, with a new plan wherever a stage shows what the swarm is. @returns the plan that is left */
async function runStages(up: RunningUp, confirmRemoval: UpOptions['confirmRemoval']): Promise<Plan> {
  let plan = refuseBlocked(up, await planNow(up));
  if (plan.steps.length === 0 && plan.problems.length === 0) return plan;
  await requireConsent(up, plan, confirmRemoval);
  await recordMembers(up, plan);

  const run = async (stage: Stage, { thenPlan = false } = {}) => {
    const steps = stepsIn(stage, plan.steps);
    if (steps.length === 0) return;
    await runStage[stage](up, steps);
    if (thenPlan) plan = refuseBlocked(up, await planNow(up));
  };
  await run('start managers', { thenPlan: true });
  await run('unlock managers', { thenPlan: true });
  await run('start workers', { thenPlan: true });
  await run('remove dead nodes');
  if (stepsIn('grow', plan.steps).length > 0) {
    await run('grow', { thenPlan: true });
    await run('remove dead nodes');
  }
  await run('change');
  await run('remove machines');

  await inspectAll(up);
  await waitUntilSeen(up);
  return planNow(up);
}

/** What is not declared was not named. No later plan removes more: the record and the declaration alone decide. */
async function requireConsent(
  { declaration: { name } }: UpRun,
  { steps }: Plan,
  confirmRemoval: UpOptions['confirmRemoval'],
): Promise<void> {
  const leaving = steps.flatMap((step) => (step.kind === 'remove' ? [step.machine] : []));
  if (leaving.length === 0 || (await confirmRemoval?.(leaving))) return;
  throw new TsmachineError('CANCELLED', `Nothing was changed: swarm "${name}" as it is declared has no ${leaving.join(', ')}`, {
    hint: 'Declare what is to stay, or confirm that it is removed',
  });
}

/**
 * Writes the members down before their machines are created. Machines that `swarm up` creates have a group in the record; it never
 * removes others.
 */
async function recordMembers({ swarm, declaration }: UpRun, { steps }: Plan): Promise<void> {
  const created = new Set(steps.flatMap((step) => (step.kind === 'create' ? [step.machine] : [])));
  const { members: known } = swarm.record;
  const members = Object.fromEntries(
    declaration.members.map(({ machine, role, group }) => [
      machine,
      { role, ...known[machine], ...(created.has(machine) ? { group } : {}) },
    ]),
  );
  // from now on everybody who joins uses a public address, also before the first of another network is there
  const across = declaration.settings.acrossNetworks === true ? { acrossNetworks: true } : {};
  await swarm.keep({ members: { ...known, ...members }, ...across });
}

async function planNow({ swarm, declaration, wanted }: Pick<UpRun, 'swarm' | 'declaration' | 'wanted'>): Promise<Plan> {
  return planSwarm(declaration, await describeSwarm(swarm, declaration, wanted), stepOrder);
}

/** @throws TsmachineError for the problems that block everything, and for what has failed until now */
function refuseBlocked({ failed, declaration: { name } }: RunningUp, plan: Plan): Plan {
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

/** Opens the swarm with every declared machine, whether the store knows the swarm or not. */
async function withDeclared<T>(session: Session, { name, members }: SwarmDeclaration, use: (swarm: Swarm) => Promise<T>): Promise<T> {
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
