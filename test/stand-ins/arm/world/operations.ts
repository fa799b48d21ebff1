import { randomUUID } from 'node:crypto';

import { ArmError } from '../front/errors.js';

export interface Plan {
  readonly subscription: string;
  readonly namespace: string;
  readonly location: string;
  /** Id of the resource that it works on. */
  readonly target: string;
  /** What it is, for hosts that play machines. */
  readonly kind?: string;
  /** Is done when the time has come; an ArmError that it throws is how the operation fails. */
  readonly finish: () => void;
  /** What an operation that fails leaves behind. */
  readonly fail?: (error: ArmError) => void;
  /** The answer of its Location when it succeeded; without it 204 or 200 without a body. */
  readonly result?: () => unknown;
}

export interface Operation extends Plan {
  readonly id: string;
  readonly started: string;
  left: number;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  error?: ArmError;
  /** How it is to fail, if a test wants it. */
  late?: ArmError;
  ended?: string;
}

/** Long-running operations. Time goes on with each look at one of them, or at the resource that it works on. */
export class Operations {
  readonly #all = new Map<string, Operation>();

  begin(plan: Plan, polls: number): Operation {
    const operation: Operation = { ...plan, id: randomUUID(), started: new Date().toISOString(), left: polls, status: 'InProgress' };
    this.#all.set(operation.id, operation);
    return operation;
  }

  get(id: string): Operation | undefined {
    return this.#all.get(id);
  }

  running(target: string): Operation | undefined {
    return [...this.#all.values()].find((each) => each.status === 'InProgress' && each.target.toLowerCase() === target.toLowerCase());
  }

  /** Running ones of a resource, of what it holds, and of what holds it. */
  around(target: string): Operation | undefined {
    const id = `${target.toLowerCase()}/`;
    return [...this.#all.values()].find((each) => {
      const other = `${each.target.toLowerCase()}/`;
      return each.status === 'InProgress' && (id.startsWith(other) || other.startsWith(id));
    });
  }

  /** A look goes by. */
  tick(operation: Operation): void {
    if (operation.status !== 'InProgress') return;
    if (operation.left > 0) operation.left -= 1;
    else this.end(operation);
  }

  end(operation: Operation, error: ArmError | undefined = operation.late): void {
    if (operation.status !== 'InProgress') return;
    operation.ended = new Date().toISOString();
    try {
      if (error) throw error;
      operation.status = 'Succeeded';
      operation.finish();
    } catch (thrown) {
      if (!(thrown instanceof ArmError)) throw thrown;
      operation.status = 'Failed';
      operation.error = thrown;
      operation.fail?.(thrown);
    }
  }

  /** Another operation took its place. */
  preempt(operation: Operation): void {
    if (operation.status !== 'InProgress') return;
    operation.status = 'Canceled';
    operation.ended = new Date().toISOString();
    operation.error = new ArmError(409, 'OperationPreempted', 'Operation execution has been preempted by a more recent operation.');
  }
}
