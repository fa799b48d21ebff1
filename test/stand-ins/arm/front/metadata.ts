import { randomUUID } from 'node:crypto';

import { firstTenant, type World } from '../world/world.js';
import { write, type Outgoing } from './answers.js';
import { issue } from './authority.js';
import type { Incoming } from './gate.js';

/** What IDENTITY_ENDPOINT must be told. */
export const identityHeader = 'stand-in-header-of-the-identity-endpoint';

/** Managed identities: of App Service (IDENTITY_ENDPOINT) and of the metadata address of virtual machines. */
export function answerMetadata(world: World, incoming: Incoming): Outgoing | undefined {
  const { url, headers, method } = incoming;
  const service = url.pathname === '/msi/token';
  if (!service && url.pathname.replace(/\/$/, '') !== '/metadata/identity/oauth2/token') return undefined;
  const wanted = url.searchParams.get('client_id');
  const call = world.journal.begin(
    {
      service: 'metadata',
      action: 'token',
      method,
      path: url.pathname + url.search,
      subscription: null,
      principal: wanted,
      requestId: randomUUID(),
    },
    {},
  );
  const refuse = (status: number, error: string, description: string) => {
    call.outcome = error;
    return write(status, { error, error_description: description, statusCode: status, message: description });
  };
  if (service && headers['x-identity-header'] !== identityHeader)
    return refuse(401, 'unauthorized', 'The header X-IDENTITY-HEADER is not right.');
  if (!service && headers['metadata'] !== 'true') return refuse(400, 'invalid_request', 'Required metadata header not specified');
  const principal = world.principals.find((each) => each.managed === true && (wanted === null || each.client === wanted));
  if (principal === undefined) return refuse(400, 'invalid_request', 'Identity not found');
  const { access_token, expires_in } = issue(world, principal, principal.tenant ?? firstTenant);
  call.outcome = 'ok';
  const until = Math.floor(Date.now() / 1000) + Number(expires_in);
  return write(200, {
    access_token,
    client_id: principal.client,
    expires_in: String(expires_in),
    expires_on: String(until),
    resource: url.searchParams.get('resource'),
    token_type: 'Bearer',
  });
}
