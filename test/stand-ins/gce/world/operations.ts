import { randomBytes } from 'node:crypto';

import { Refusal } from '../api/errors.js';
import type { Behaviour } from '../types.js';
import { freshId, linkOf, now, type Resource } from './resource.js';

export interface Operation extends Resource {
  status: 'PENDING' | 'RUNNING' | 'DONE';
  readonly operationType: string;
  readonly targetLink: string;
}

/** Why an operation fails in the end. */
export interface LateError {
  readonly code: string;
  readonly message: string;
  /** Of `httpErrorStatusCode`; default 400. */
  readonly status?: number;
  readonly errorDetails?: readonly object[];
}

/** What an operation does when its time has come. */
export type Finish = () => LateError | undefined;

export interface Work {
  /** As `insert`. */
  readonly type: string;
  readonly user: string;
  readonly requestId: string | null;
  /** `projects/p/zones/z/instances/m`. */
  readonly target: string;
  readonly targetId: string;
  readonly finish: Finish;
  /** Called at the first look at it, when it is not done yet. */
  readonly midway?: () => void;
  /** Waits for `setInstance`, not for looks. */
  readonly held?: boolean;
}

interface Running extends Work {
  readonly operation: Operation;
  looks: number;
  waits: number;
}

const words: Readonly<Record<number, string>> = {
  400: 'BAD REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT FOUND',
  409: 'CONFLICT',
  503: 'SERVICE UNAVAILABLE',
};

/** The operations of a project. Time is played: one is done after some looks. */
export class Operations {
  readonly #behaviour: () => Behaviour;
  /** By path without the project: `zones/z/operations/o`. */
  readonly #all = new Map<string, Operation>();
  readonly #running = new Set<Running>();
  #waiting: (() => void)[] = [];

  constructor(behaviour: () => Behaviour) {
    this.#behaviour = behaviour;
  }

  get all(): ReadonlyMap<string, Operation> {
    return this.#all;
  }

  begin(project: string, work: Work): Operation {
    const [, , ...parts] = work.target.split('/');
    const scope = parts[0] === 'zones' || parts[0] === 'regions' ? parts.slice(0, 2).join('/') : 'global';
    const name = `operation-${Date.now()}-${hex(7).slice(1)}-${hex(4)}-${hex(4)}`;
    const path = `${scope}/operations/${name}`;
    const operation: Operation = {
      kind: 'compute#operation',
      id: freshId(),
      name,
      ...(scope.startsWith('zones/') ? { zone: linkOf(`projects/${project}/${scope}`) } : {}),
      ...(scope.startsWith('regions/') ? { region: linkOf(`projects/${project}/${scope}`) } : {}),
      ...(work.requestId === null ? {} : { clientOperationId: work.requestId }),
      operationType: work.type,
      targetLink: linkOf(work.target),
      targetId: work.targetId,
      status: 'RUNNING',
      user: work.user,
      progress: 0,
      insertTime: now(),
      startTime: now(),
      selfLink: linkOf(`projects/${project}/${path}`),
    };
    this.#all.set(path, operation);
    this.#running.add({ ...work, operation, looks: 0, waits: 0 });
    return operation;
  }

  /** Somebody looks at an operation, or at what it works on. */
  look(about: { readonly operation?: Operation; readonly target?: string }): void {
    for (const running of this.#of(about)) {
      if (running.held === true) continue;
      running.looks += 1;
      if (running.looks > (this.#behaviour().looks ?? 1)) this.#end(running);
      else if (running.looks === 1) running.midway?.();
    }
  }

  /** `wait`: comes back when it is done, or as often before as the behaviour says; at most `milliseconds` later. */
  async wait(operation: Operation, milliseconds: number): Promise<void> {
    const [running] = this.#of({ operation });
    if (!running) return;
    if (running.held === true) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
      timer?.unref();
      while (this.#running.has(running)) {
        const changed = new Promise<'changed'>((resolve) => this.#waiting.push(() => resolve('changed')));
        if ((await Promise.race([changed, late])) !== 'changed') break;
      }
      return clearTimeout(timer);
    }
    running.waits += 1;
    if (running.waits > (this.#behaviour().waits ?? 0)) this.#end(running);
    else if (running.waits === 1) running.midway?.();
  }

  /** The kind of what is still going on about a thing: `insert`. */
  busyWith(target: string): string | undefined {
    return this.#of({ target })[0]?.type;
  }

  /** What goes on about a thing is brought to its end now. */
  settle(target: string): void {
    for (const running of this.#of({ target })) this.#end(running);
  }

  /** Ends all waiting, as the server goes. */
  letGo(): void {
    this.#running.clear();
    this.#wake();
  }

  #of({ operation, target }: { readonly operation?: Operation; readonly target?: string }): Running[] {
    return [...this.#running].filter((each) => each.operation === operation || each.target === target);
  }

  #end(running: Running): void {
    this.#running.delete(running);
    const { operation } = running;
    const error = outcome(running.finish);
    operation.status = 'DONE';
    operation['progress'] = 100;
    operation['endTime'] = now();
    if (error) {
      const { status = 400, code, message, errorDetails } = error;
      operation['error'] = { errors: [{ code, message, ...(errorDetails ? { errorDetails } : {}) }] };
      operation['httpErrorStatusCode'] = status;
      operation['httpErrorMessage'] = words[status] ?? 'ERROR';
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** What is refused only when it is carried out fails with the same words, later. */
function outcome(finish: Finish): LateError | undefined {
  try {
    return finish();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const code = error.reason.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return { code: code === 'NOT_FOUND' ? 'RESOURCE_NOT_FOUND' : code, message: error.message, status: error.status };
  }
}
