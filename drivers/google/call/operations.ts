import { TsmachineError } from '../../../src/base/errors.js';
import { eventually, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import type { Gce } from '../api.js';
import { refusal } from '../errors.js';
import { failureOfOperation, isInUse } from './refused.js';
import type { Operation } from './resources.js';

/** What a call began, and where that is asked after: in a zone, in a region, or in neither. */
export interface Begun {
  readonly operation: Pick<Operation, 'name' | 'status' | 'error' | 'operationType'>;
  readonly zone?: string;
  readonly region?: string;
  /** By default the machine's. */
  readonly project?: string;
  /** `instances.insert`, for errors. */
  readonly action: string;
}

export interface Waiting {
  readonly gce: Gce;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** Milliseconds that anything may take: VMs with many disks or GPUs, and those that shut down slowly. */
const patience = 900_000;

/**
 * Waits until an operation has ended. Google answers when it has, or after two minutes, so that few calls are needed.
 * @throws TsmachineError DRIVER_FAILED with Google's words when it failed (`refusedOf` tells the reason), WAIT_TIMEOUT
 */
export async function ended(begun: Begun, { gce, pace, signal }: Waiting): Promise<void> {
  const { operation, zone, region, project = gce.place.project, action } = begun;
  const { name = '' } = operation;
  const end = pace.now() + patience;
  let now: Operation = operation;
  while (now.status !== 'DONE') {
    signal.throwIfAborted();
    if (pace.now() >= end)
      throw new TsmachineError('WAIT_TIMEOUT', `Waited ${patience / 60_000} minutes for Google to end ${action} (${name})`);
    const asked = performance.now();
    now = await wait(gce, { name, project, zone, region });
    // an endpoint that does not hold its answer back would be asked without end
    if (now.status !== 'DONE' && performance.now() - asked < 1000) await pace.pause(1000, signal);
  }
  const failure = failureOfOperation(now);
  if (!failure) return;
  throw refusal(failure, { action, project, where: zone ?? region ?? '', host: '', impersonated: gce.place.impersonated, secrets: [] });
}

/** Milliseconds for what uses a thing to let it go, and for another change of it to end. */
const readyTime = 120_000;

interface Carrying extends Omit<Begun, 'operation'> {
  /** Begins it. With the same id of the request it would bring the same refusal again, so each call takes a new one. */
  readonly call: () => Promise<Operation>;
  /** Looks at the thing: what is gone meanwhile needs no further call. */
  readonly look: () => Promise<unknown>;
}

/**
 * Begins something with a call, and waits until it has ended. A thing that is still in use, or that another change has not done with, is
 * waited for.
 * @throws as `ended`; when it stays in use, with Google's words
 */
export async function carriedOut({ call, look, ...place }: Carrying, waiting: Waiting): Promise<void> {
  let refused: unknown;
  const done = await eventually(
    async () => {
      try {
        await ended({ ...place, operation: await call() }, waiting);
        return true;
      } catch (error) {
        if (!isInUse(error)) throw error;
        refused = error;
        await look();
        return undefined;
      }
    },
    { ...waiting, timeout: readyTime },
  );
  if (done === undefined) throw TsmachineError.from(refused, 'DRIVER_FAILED');
}

interface Named {
  readonly name: string;
  readonly project: string;
  readonly zone: string | undefined;
  readonly region: string | undefined;
}

function wait(gce: Gce, { name: operation, project, zone, region }: Named): Promise<Operation> {
  if (zone !== undefined) return gce.call('zoneOperations.wait', { project, zone, operation });
  if (region !== undefined) return gce.call('regionOperations.wait', { project, region, operation });
  return gce.call('globalOperations.wait', { project, operation });
}
