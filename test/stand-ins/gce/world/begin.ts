import { createHash } from 'node:crypto';

import { invalid, notReady, Refusal } from '../api/errors.js';
import type { Finish, Operation, Work } from './operations.js';
import type { Request } from './world.js';

/** The same request id means the same request for a day: https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert */
export function repeated({ project, query, method, place, body }: Request): Operation | undefined {
  const id = query.get('requestId');
  if (id === null) return undefined;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) || /^[0-]+$/.test(id))
    throw invalid('requestId', id, 'Must be a valid UUID that is not zero.');
  const known = project.asked.get(id.toLowerCase());
  if (known === undefined) return undefined;
  if (known.request !== digest({ method, place, body }))
    throw new Refusal(400, 'invalid', `The request id '${id}' was used for another request`, { violation: true });
  return known.operation;
}

interface Begin {
  readonly type: string;
  /** `zones/z/instances/m`, of the request's project. */
  readonly target: string;
  readonly targetId: string;
  readonly finish?: Finish;
  readonly midway?: () => void;
  readonly held?: boolean;
}

/** Begins the operation of a request. What is said to fail late does nothing. */
export function begin(request: Request, { finish = () => undefined, ...wanted }: Begin): Operation {
  const { project, query, principal, late } = request;
  const requestId = query.get('requestId');
  const work: Work = {
    ...wanted,
    finish: late === undefined ? finish : () => late,
    user: principal.email,
    requestId,
    target: project.path(wanted.target),
  };
  const operation = project.operations.begin(project.id, work);
  if (requestId !== null) project.asked.set(requestId.toLowerCase(), { operation, request: digest(request) });
  return operation;
}

/** @throws Refusal 400 while something else is made of it */
export function expectReady({ project }: Request, target: string): void {
  if (project.operations.busyWith(project.path(target)) !== undefined) throw notReady(project.path(target));
}

function digest({ method, place, body }: Pick<Request, 'method' | 'place' | 'body'>): string {
  return createHash('sha256')
    .update(JSON.stringify([method.id, place, body]))
    .digest('hex');
}
