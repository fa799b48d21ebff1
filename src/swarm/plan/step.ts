import type { ErrorCode } from '../../base/errors.js';
import type { Text } from '../../base/text.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';

/** One thing that `swarm up` would do. */
export type Step =
  | { readonly kind: 'create'; readonly machine: string; readonly driver: string; readonly continued: boolean }
  | { readonly kind: 'start' | 'unlock' | 'init'; readonly machine: string }
  | { readonly kind: 'join'; readonly machine: string; readonly role: Role }
  | { readonly kind: 'rejoin'; readonly machine: string; readonly role: Role; readonly why: string }
  | { readonly kind: 'promote' | 'demote'; readonly machine: string; readonly node: string }
  | { readonly kind: 'availability'; readonly machine: string; readonly node: string; readonly availability: Availability }
  | { readonly kind: 'labels'; readonly machine: string; readonly node: string; readonly labels: Labels; readonly before: Labels }
  | { readonly kind: 'settings'; readonly changed: readonly string[] }
  | { readonly kind: 'prune'; readonly node: string; readonly hostname: string }
  | { readonly kind: 'remove'; readonly machine: string; readonly gone: boolean };

export type StepKind = Step['kind'];

/** What stands in the way of the declaration. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: Text;
  readonly hint?: Text | undefined;
  /** Nothing at all is done until it is solved; otherwise one machine is left behind. */
  readonly blocks: boolean;
}

export interface Plan {
  /** In the order in which they are done, as far as one waits for another. */
  readonly steps: readonly Step[];
  /** What is good to know and stops nothing. */
  readonly notes: readonly Text[];
  readonly problems: readonly Problem[];
}

const article = { manager: 'a manager', worker: 'a worker' } as const;
const doing = { active: 'Activate', pause: 'Pause', drain: 'Drain' } as const;

/** A step in one line, for people. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'create':
      return `${step.continued ? 'Finish the interrupted creation of' : 'Create'} ${step.machine} (${step.driver})`;
    case 'start':
      return `Start ${step.machine}`;
    case 'unlock':
      return `Unlock ${step.machine}`;
    case 'init':
      return `Initialise the swarm on ${step.machine}`;
    case 'join':
      return `Join ${step.machine} as ${article[step.role]}`;
    case 'rejoin':
      return `Join ${step.machine} anew as ${article[step.role]}: ${step.why}`;
    case 'promote':
      return `Promote ${step.machine} to a manager`;
    case 'demote':
      return `Demote ${step.machine} to a worker`;
    case 'availability':
      return `${doing[step.availability]} ${step.machine}`;
    case 'labels':
      return `Label ${step.machine}: ${labelText(step.before, step.labels)}`;
    case 'settings':
      return `Change the swarm's settings: ${step.changed.join(', ')}`;
    case 'prune':
      return `Remove the dead node ${step.node} that ${step.hostname} was before`;
    case 'remove':
      return step.gone ? `Remove what is left of ${step.machine}` : `Remove ${step.machine}: drain, leave the swarm, remove the machine`;
  }
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
