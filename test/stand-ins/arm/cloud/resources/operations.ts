import { ArmError } from '../../front/errors.js';
import { versions, type Answer, type Arrived, type Kind } from '../../front/kinds.js';
import type { Operation } from '../../world/operations.js';

const all = Object.values(versions).flat();

/** The places where operations are looked at: of each namespace, and of resource groups. */
export const operationKinds: readonly Kind[] = [
  ...['Microsoft.Compute', 'Microsoft.Network'].flatMap((namespace) => [
    kind(`${namespace}/locations/operations`, status),
    kind(`${namespace}/locations/operationResults`, result),
  ]),
  kind('Microsoft.Resources/subscriptions/operationresults', result),
];

function kind(type: string, work: (arrived: Arrived) => Answer): Kind {
  return { type, versions: all, handlers: { GET: { action: 'poll', work } } };
}

function lookAt({ world, address, subscription }: Arrived): Operation {
  const id = address.names.at(-1) ?? '';
  const found = world.operations.get(id);
  if (found === undefined || found.subscription !== subscription.id) {
    throw new ArmError(404, 'OperationNotFound', `The operation '${id}' was not found.`);
  }
  const backed = world.behaviour.backed && found.kind !== undefined;
  if (!backed) world.operations.tick(found);
  return found;
}

function waiting({ world }: Arrived): Record<string, string> {
  const { retryAfter } = world.behaviour;
  return retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
}

function status(arrived: Arrived): Answer {
  const { id, status: state, started, ended, error } = lookAt(arrived);
  const body = {
    startTime: started,
    ...(ended === undefined ? {} : { endTime: ended }),
    status: state,
    name: id,
    ...(error === undefined ? {} : { error: error.body }),
  };
  return { status: 200, body, headers: state === 'InProgress' ? waiting(arrived) : {} };
}

function result(arrived: Arrived): Answer {
  const operation = lookAt(arrived);
  if (operation.status === 'InProgress') {
    const { pathname, search } = new URL(arrived.call.path, arrived.origin);
    return { status: 202, headers: { location: arrived.origin + pathname + search, ...waiting(arrived) } };
  }
  if (operation.error) throw operation.error;
  const body = operation.result?.();
  return body === undefined ? { status: 200 } : { status: 200, body };
}
