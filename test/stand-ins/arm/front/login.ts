import type { Principal } from '../types.js';
import type { Subscription, World } from '../world/world.js';
import { firstTenant } from '../world/world.js';
import type { Address } from './address.js';
import { ArmError } from './errors.js';
import type { Incoming } from './gate.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who calls, and for which subscription. Requests above all subscriptions get the first one of the tenant. */
export function login(world: World, { headers, url }: Incoming, address: Address): { principal: Principal; subscription: Subscription } {
  const named = address.subscription === undefined ? undefined : subscriptionOf(world, address.subscription);
  const authorization = headers['authorization'];
  if (authorization === undefined) throw unauthenticated(url.origin, named?.tenant ?? firstTenant);
  const token = world.tokens.get(authorization.replace(/^Bearer /i, ''));
  if (token === undefined) {
    throw new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.', {
      headers: challenge(url.origin, named?.tenant ?? firstTenant, 'The access token is invalid.'),
    });
  }
  if (token.until < Date.now()) {
    const until = new Date(token.until).toISOString();
    const message = `The access token expiry UTC time '${until}' is earlier than current UTC time '${new Date().toISOString()}'.`;
    throw new ArmError(401, 'ExpiredAuthenticationToken', message, {
      headers: challenge(url.origin, token.tenant, message),
    });
  }
  if (named !== undefined && named.tenant !== token.tenant) throw wrongTenant(url.origin, named.tenant, token.tenant);
  const subscription = named ?? [...world.subscriptions.values()].find(({ tenant }) => tenant === token.tenant);
  if (subscription === undefined) throw notThere(address.subscription ?? '');
  return { principal: token.principal, subscription };
}

function subscriptionOf(world: World, id: string): Subscription {
  if (!uuid.test(id)) {
    throw new ArmError(400, 'InvalidSubscriptionId', `The provided subscription identifier '${id}' is malformed or invalid.`);
  }
  const found = world.subscriptions.get(id.toLowerCase());
  if (found === undefined) throw notThere(id);
  return found;
}

function notThere(id: string): ArmError {
  return new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);
}

function unauthenticated(origin: string, tenant: string): ArmError {
  return new ArmError(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.", {
    headers: challenge(origin, tenant, "The authentication failed because of missing 'Authorization' header."),
  });
}

function challenge(origin: string, tenant: string, description: string): Record<string, string> {
  return {
    'www-authenticate': `Bearer authorization_uri="${origin}/${tenant}", error="invalid_token", error_description="${description}"`,
  };
}

function wrongTenant(origin: string, right: string, wrong: string): ArmError {
  const message =
    `The access token is from the wrong issuer 'https://sts.windows.net/${wrong}/'. It must match the tenant ` +
    `'https://sts.windows.net/${right}/' associated with this subscription. Please use the authority (URL) ` +
    `'https://login.windows.net/${right}' to get the token. Note, if the subscription is transferred to another tenant there is no impact ` +
    'to the services, but information about new tenant could take time to propagate (up to an hour).';
  return new ArmError(401, 'InvalidAuthenticationTokenTenant', message, { headers: challenge(origin, right, message) });
}
