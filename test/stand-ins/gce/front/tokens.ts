import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { Refusal, unauthenticated } from '../api/errors.js';
import type { Principal } from '../types.js';
import { fits } from './permissions.js';

/** One pair for all service accounts. Made when the first one is asked for. */
let pair: { readonly publicKey: string; readonly privateKey: string } | undefined;

export function keyPair() {
  return (pair ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }));
}

const lifetime = 3599;

/** Says who they are for, so that a token of before a reset is good afterwards. */
export function tokenFor(email: string): string {
  return `ya29.stand-in-${Buffer.from(email).toString('base64url')}`;
}

/** @throws Refusal 401 */
export function callerOf(authorization: string | undefined, principals: readonly Principal[], method: string): Principal {
  const [, token = ''] = /^Bearer (.+)$/.exec(authorization ?? '') ?? [];
  const email = token.startsWith('ya29.stand-in-') ? Buffer.from(token.slice(14), 'base64url').toString() : issuerOf(token);
  const principal = principals.find((each) => each.email === email);
  if (!principal) throw unauthenticated(token === '' ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_TYPE_UNSUPPORTED', method);
  if (principal.expired === true) throw unauthenticated('ACCESS_TOKEN_EXPIRED', method);
  return principal;
}

/** Of a token that a service account signed itself. */
function issuerOf(jwt: string): string | undefined {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  if (signature === '' || !pair) return undefined;
  const good = verify('sha256', Buffer.from(`${header}.${payload}`), createPublicKey(pair.publicKey), Buffer.from(signature, 'base64url'));
  const { iss, exp = 0 } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: string; exp?: number };
  return good && exp * 1000 > Date.now() ? iss : undefined;
}

interface Asked {
  readonly path: string;
  readonly verb: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly principals: readonly Principal[];
  /** Where the metadata server says it is. */
  readonly project: { readonly id: string; readonly number: string };
}

/** The services that give tokens: `[service, action, how it is answered]`. */
export function tokenService(asked: Asked): readonly ['tokens' | 'metadata', string, () => unknown] | undefined {
  const { path, verb } = asked;
  if (path.startsWith('/computeMetadata/')) return ['metadata', path.replace('/computeMetadata/v1', '') || '/', () => metadata(asked)];
  if (verb !== 'POST') return undefined;
  if (path === '/token') return ['tokens', 'token', () => grant(asked)];
  if (path === '/sts/v1/token') return ['tokens', 'exchange', () => exchange(asked)];
  const [, email] = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(path) ?? [];
  return email === undefined ? undefined : ['tokens', 'generateAccessToken', () => impersonate(asked, decodeURIComponent(email))];
}

function answerFor(email: string | undefined, principals: readonly Principal[]) {
  if (!principals.some((each) => each.email === email))
    throw new OAuthRefusal('invalid_grant', 'Invalid credentials: nobody is known by them.');
  return {
    access_token: tokenFor(email ?? ''),
    expires_in: lifetime,
    token_type: 'Bearer',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
  };
}

/** RFC 6749, section 5.2. */
class OAuthRefusal extends Refusal {
  constructor(error: string, description: string) {
    super(400, error, description);
    Object.defineProperty(this, 'body', { value: { error, error_description: description } });
  }
}

/** Of users (refresh token) and of service accounts (signed assertion). */
function grant({ body, principals }: Asked) {
  const form = new URLSearchParams(body);
  if (form.get('grant_type') === 'refresh_token') {
    const [, email] = /^1\/\/stand-in-(.+)$/.exec(form.get('refresh_token') ?? '') ?? [];
    return answerFor(email && Buffer.from(email, 'base64url').toString(), principals);
  }
  return answerFor(issuerOf(form.get('assertion') ?? ''), principals);
}

/** RFC 8693: the token of an identity provider, which here is the e-mail address in clear. */
function exchange({ body, principals }: Asked) {
  const form = new URLSearchParams(body);
  const answer = answerFor(form.get('subject_token')?.trim(), principals);
  return { ...answer, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
}

function impersonate({ headers, principals }: Asked, email: string) {
  const caller = callerOf(one(headers['authorization']), principals, 'google.iam.credentials.v1.IAMCredentials.GenerateAccessToken');
  const needed = 'iam.serviceAccounts.getAccessToken';
  const allowed = caller.permissions?.some((each) => fits(each, needed)) ?? true;
  if (!allowed || !principals.some((each) => each.email === email)) {
    const root = { status: 'PERMISSION_DENIED' };
    throw new Refusal(403, 'forbidden', `Permission '${needed}' denied on resource (or it may not exist).`, { root });
  }
  return { accessToken: tokenFor(email), expireTime: new Date(Date.now() + lifetime * 1000).toISOString() };
}

/** The part of a machine's metadata server that gives credentials. The first principal is the machine's service account. */
function metadata({ path, headers, principals, project }: Asked): unknown {
  if (one(headers['metadata-flavor']) !== 'Google') throw new Refusal(403, 'forbidden', 'Missing Metadata-Flavor:Google header.');
  const [email = ''] = principals.map((each) => each.email);
  const answers: Readonly<Record<string, unknown>> = {
    '': 'instance/\nproject/\n',
    '/instance': 'service-accounts/\n',
    '/project/project-id': project.id,
    '/project/numeric-project-id': project.number,
    '/universe/universe-domain': 'googleapis.com',
    '/instance/service-accounts/default/email': email,
    '/instance/service-accounts/default/token': answerFor(email, principals),
  };
  const found =
    answers[
      path
        .replace('/computeMetadata/v1', '')
        .replace(/\/$/, '')
        .replace(/\/service-accounts\/[^/]+@[^/]+/, '/service-accounts/default')
    ];
  if (found === undefined) throw new Refusal(404, 'notFound', 'Not Found');
  return found;
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
