import type { Io } from '../../base/io.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';
import { createMachine } from '../../machine/create.js';
import { startMachine } from '../../machine/lifecycle.js';
import { changeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { removeMember } from '../members/leave/remove-member.js';
import { demoteNode, promoteNode } from '../members/roles.js';
import { unlockMember } from '../rescue/unlock.js';
import { removeDeadNode } from './dead-node.js';
import { beginSwarm, joinSwarmAgain, joinToSwarm } from './enter.js';
import { changeSettings } from './settings.js';
import { sessionFor, type UpRun } from './up-run.js';

/**
 * The stages of `swarm up`, in their order. A manager that starts or is unlocked may be the only one that knows the swarm, so the
 * swarm is inspected again after each of the first three. The engine of a worker answers late while it finds no manager.
 */
export type Stage = 'start managers' | 'unlock managers' | 'start workers' | 'remove dead nodes' | 'grow' | 'change' | 'remove machines';

/** A kind of step. `Details` is what a step of this kind says besides its kind. */
interface StepEntry<Details> {
  readonly stage: Stage | ((step: Details) => Stage);
  /** The step in one line, for people. */
  readonly text: (step: Details) => string;
  /** Does the step. @param io messages about the machine */
  readonly run: (up: UpRun, step: Details, io: Io) => Promise<void>;
}

const article = { manager: 'a manager', worker: 'a worker' } as const;
const verb = { active: 'Activate', pause: 'Pause', drain: 'Drain' } as const;

/**
 * Every kind of step that `swarm up` knows, in the order in which steps are planned and printed: dead nodes go first, then managers are
 * added, and only then are some taken away. To add a kind, add an entry here; the rules in `plan/` then say when it is needed.
 */
const entries = {
  start: entry<{ machine: string; role: Role }>({
    stage: ({ role }) => (role === 'manager' ? 'start managers' : 'start workers'),
    text: ({ machine }) => `Start ${machine}`,
    run: (up, { machine }, io) => startMachine(sessionFor(up, machine, io), machine),
  }),
  unlock: entry<{ machine: string }>({
    stage: 'unlock managers',
    text: ({ machine }) => `Unlock ${machine}`,
    run: ({ swarm }, { machine }) => unlockMember(swarm, machine),
  }),
  prune: entry<{ node: string; hostname: string }>({
    stage: 'remove dead nodes',
    text: ({ node, hostname }) => `Remove the dead node ${node}, a former node of ${hostname}`,
    run: ({ swarm }, { node }) => removeDeadNode(swarm, node),
  }),
  create: entry<{ machine: string; driver: string; continued: boolean }>({
    stage: 'grow',
    text: ({ machine, driver, continued }) => `${continued ? 'Finish the interrupted creation of' : 'Create'} ${machine} (${driver})`,
    run: async (up, { machine }, io) => {
      const request = up.wanted.get(machine)?.request;
      if (!request) return;
      await createMachine(sessionFor(up, machine, io), request);
      await up.swarm.lookAt(machine);
    },
  }),
  init: entry<{ machine: string }>({
    stage: 'grow',
    text: ({ machine }) => `Initialise the swarm on ${machine}`,
    run: beginSwarm,
  }),
  join: entry<{ machine: string; role: Role; labels: Labels }>({
    stage: 'grow',
    text: ({ machine, role }) => `Join ${machine} as ${article[role]}`,
    run: joinToSwarm,
  }),
  rejoin: entry<{ machine: string; role: Role; labels: Labels; why: string }>({
    stage: 'grow',
    text: ({ machine, role, why }) => `Join ${machine} again as ${article[role]}: ${why}`,
    run: joinSwarmAgain,
  }),
  settings: entry<{ changed: readonly string[] }>({
    stage: 'change',
    text: ({ changed }) => `Change the swarm's settings: ${changed.join(', ')}`,
    run: ({ swarm, declaration: { settings } }) => changeSettings(swarm, settings),
  }),
  promote: entry<{ machine: string; node: string }>({
    stage: 'change',
    text: ({ machine }) => `Promote ${machine} to a manager`,
    run: ({ swarm }, { machine }) => promoteNode(swarm, machine),
  }),
  labels: entry<{ machine: string; node: string; labels: Labels; before: Labels }>({
    stage: 'change',
    text: ({ machine, before, labels }) => `Label ${machine}: ${labelText(before, labels)}`,
    run: async ({ swarm }, { node, labels }) => {
      await changeNode(patient(swarm.control, swarm.session.signal), node, { labels });
    },
  }),
  availability: entry<{ machine: string; node: string; availability: Availability }>({
    stage: 'change',
    text: ({ machine, availability }) => `${verb[availability]} ${machine}`,
    run: async ({ swarm }, { node, availability }) => {
      await changeNode(patient(swarm.control, swarm.session.signal), node, { availability });
    },
  }),
  demote: entry<{ machine: string; node: string }>({
    stage: 'change',
    text: ({ machine }) => `Demote ${machine} to a worker`,
    run: ({ swarm }, { machine }) => demoteNode(swarm, machine),
  }),
  remove: entry<{ machine: string; gone: boolean }>({
    stage: 'remove machines',
    text: ({ machine, gone }) =>
      gone ? `Remove what is left of ${machine}` : `Remove ${machine}: drain, leave the swarm, remove the machine`,
    run: async (up, { machine }, io) => {
      await removeMember(up.swarm, machine, { force: false, session: sessionFor(up, machine, io) });
      up.swarm.session.io.info(`${machine} is removed.`);
    },
  }),
};

/** Lets the compiler infer the type of a step from its entry. */
function entry<Details>(one: StepEntry<Readonly<Details>>): StepEntry<Readonly<Details>> {
  return one;
}

export type StepKind = keyof typeof entries;
type DetailsOf<K extends StepKind> = (typeof entries)[K] extends StepEntry<infer Details> ? Details : never;

/** One thing that `swarm up` would do; `Step<'create'>` is a step of one kind. */
export type Step<K extends StepKind = StepKind> = { [P in K]: { readonly kind: P } & DetailsOf<P> }[K];

const table: { readonly [K in StepKind]: StepEntry<Step<K>> } = entries;

/** Every kind, in the order in which steps are planned and printed. */
export const stepOrder = Object.keys(entries) as readonly StepKind[];

/** A step in one line, for people. */
export function stepText<K extends StepKind>(step: Step<K>): string {
  return entryOf<K>(step.kind).text(step);
}

/** The steps of one stage. */
export function stepsIn(stage: Stage, steps: readonly Step[]): Step[] {
  return steps.filter((step) => stageOf(step) === stage);
}

/** Does a step. @param io messages about its machine */
export async function runStep<K extends StepKind>(up: UpRun, step: Step<K>, io: Io): Promise<void> {
  await entryOf<K>(step.kind).run(up, step, io);
}

function stageOf<K extends StepKind>(step: Step<K>): Stage {
  const { stage } = entryOf<K>(step.kind);
  return typeof stage === 'function' ? stage(step) : stage;
}

function entryOf<K extends StepKind>(kind: K): StepEntry<Step<K>> {
  return table[kind];
}

function labelText(before: Labels, after: Labels): string {
  const set = Object.entries(after)
    .filter(([key, value]) => before[key] !== value)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  const gone = Object.keys(before)
    .filter((key) => !(key in after))
    .map((key) => `without ${key}`);
  return [...set, ...gone].join(', ');
}
