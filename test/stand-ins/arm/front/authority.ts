import { randomUUID } from 'node:crypto';

import type { Principal } from '../types.js';
import { firstTenant, type World } from '../world/world.js';
import { write, type Outgoing } from './answers.js';
import type { Incoming } from './gate.js';

const tokenPath = /^\/([^/]+)\/oauth2(?:\/v2\.0)?\/(token|devicecode)$/;
const discoveryPath = /^\/([^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Entra ID: discovery, logins of applications with a secret or a federated token, and of users by a code. */
export function answerAuthority(world: World, incoming: Incoming): Outgoing | undefined {
  const { url, method } = incoming;
  const discovery = discoveryPath.exec(url.pathname);
  if (discovery) return discover(world, url.origin, discovery[1] ?? '');
  if (url.pathname === '/common/discovery/instance') return instances(url);
  const found = tokenPath.exec(url.pathname);
  if (!found || method !== 'POST') return undefined;
  const form = new URLSearchParams(incoming.body);
  const [, tenant = '', what] = found;
  const call = world.journal.begin(
    {
      service: 'authority',
      action: what === 'token' ? 'token' : 'devicecode',
      method,
      path: url.pathname,
      subscription: null,
      principal: form.get('client_id'),
      requestId: randomUUID(),
    },
    Object.fromEntries(form),
  );
  try {
    const body = what === 'token' ? token(world, tenant, form) : deviceCode(url.origin);
    call.outcome = 'ok';
    return write(200, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    call.outcome = error.name;
    return error.answer;
  }
}

class Refused extends Error {
  readonly answer: Outgoing;

  constructor(status: number, error: string, code: number, description: string) {
    super(description);
    this.name = `AADSTS${code}`;
    const trace = randomUUID();
    const time = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '');
    this.answer = write(status, {
      error,
      error_description: `AADSTS${code}: ${description} Trace ID: ${trace} Correlation ID: ${trace} Timestamp: ${time}`,
      error_codes: [code],
      timestamp: time,
      trace_id: trace,
      correlation_id: trace,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    });
  }
}

function tenants(world: World): Set<string> {
  const ofSubscriptions = [...world.subscriptions.values()].map(({ tenant }) => tenant);
  return new Set([...ofSubscriptions, ...world.principals.map(({ tenant }) => tenant ?? firstTenant)]);
}

function discover(world: World, origin: string, tenant: string): Outgoing {
  if (!tenants(world).has(tenant) && tenant !== 'organizations' && tenant !== 'common') return noTenant(tenant).answer;
  return write(200, {
    issuer: `${origin}/${tenant}/v2.0`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
  });
}

function instances({ origin, host }: URL): Outgoing {
  return write(200, {
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}

function noTenant(tenant: string): Refused {
  const text = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return new Refused(400, 'invalid_tenant', 90002, text);
}

function token(world: World, tenant: string, form: URLSearchParams): Record<string, unknown> {
  if (!tenants(world).has(tenant) && tenant !== 'organizations') throw noTenant(tenant);
  const grant = form.get('grant_type');
  const client = form.get('client_id') ?? '';
  if (grant !== null && /^(urn:ietf:params:oauth:grant-type:)?device_code$|^refresh_token$/.test(grant)) return userToken(world, tenant);
  if (grant !== 'client_credentials')
    throw new Refused(400, 'unsupported_grant_type', 70003, `The grant type '${grant ?? ''}' is not supported.`);
  const principal = world.principals.find((each) => each.client === client && (each.tenant ?? firstTenant) === tenant);
  if (principal === undefined) {
    const text = `Application with identifier '${client}' was not found in the directory '${tenant}'.`;
    throw new Refused(400, 'unauthorized_client', 700016, text);
  }
  checkSecret(principal, form);
  return issue(world, principal, tenant);
}

function checkSecret(principal: Principal, form: URLSearchParams): void {
  const secret = form.get('client_secret');
  if (form.get('client_assertion_type') === assertionType) {
    if (form.get('client_assertion') === principal.federated) return;
    throw new Refused(401, 'invalid_client', 700213, 'No matching federated identity record found for presented assertion subject.');
  }
  if (secret === null || secret !== principal.secret) {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${principal.client}'.`;
    throw new Refused(401, 'invalid_client', 7000215, text);
  }
  if (principal.expired === true) {
    throw new Refused(401, 'invalid_client', 7000222, `The provided client secret keys for app '${principal.client}' are expired.`);
  }
}

/** Tokens of users are the first principal's. */
function userToken(world: World, tenant: string): Record<string, unknown> {
  const [principal] = world.principals;
  if (principal === undefined)
    throw new Refused(400, 'authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending.');
  const uid = principal.client;
  const of = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const id = { tid: tenant, oid: uid, sub: uid, preferred_username: 'somebody@example.com', iss: `${tenant}/v2.0`, aud: uid, ver: '2.0' };
  return {
    ...issue(world, principal, tenant),
    refresh_token: randomUUID(),
    id_token: `${of({ alg: 'none' })}.${of(id)}.`,
    client_info: of({ uid, utid: tenant }),
    scope: 'https://management.azure.com/.default',
  };
}

function deviceCode(origin: string): Record<string, unknown> {
  return {
    user_code: 'STANDIN22',
    device_code: randomUUID(),
    verification_uri: `${origin}/device`,
    expires_in: 900,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${origin}/device and enter the code STANDIN22 to authenticate.`,
  };
}

/** A token as Entra ID writes it: three parts, of which nobody but the issuer should read anything. */
export function issue(world: World, principal: Principal, tenant: string): Record<string, unknown> & { readonly access_token: string } {
  const seconds = world.behaviour.tokenSeconds;
  const until = Date.now() + seconds * 1000;
  const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const claims = {
    aud: 'https://management.azure.com',
    tid: tenant,
    appid: principal.client,
    exp: Math.floor(until / 1000),
    jti: randomUUID(),
  };
  const access = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${part('stand-in')}`;
  world.tokens.set(access, { principal, tenant, until });
  return { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: access };
}
