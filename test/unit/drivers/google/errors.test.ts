import { expect } from 'chai';

import { failureOfOperation, isNotFound, refusedCall, refusedOf } from '../../../../drivers/google/call/refused.js';
import { failureOf, isRefusal, refusal } from '../../../../drivers/google/errors.js';
import { plain } from '../../../../src/base/text.js';

const place = {
  action: 'instances.insert',
  project: 'my-project',
  where: 'europe-west1-b',
  host: 'compute.googleapis.com',
  impersonated: '',
  secrets: ['-----BEGIN PRIVATE KEY-----', '1//refresh'],
};

const answer = (reason: string, message: string, code: number, more: object = {}) =>
  refusedCall(code, JSON.stringify({ error: { code, message, errors: [{ message, reason, domain: 'global' }], ...more } }));
const late = (code: string, message: string) => {
  const failure = failureOfOperation({ status: 'DONE', httpErrorStatusCode: 503, error: { errors: [{ code, message }] } });
  if (!failure) throw new Error('it is no failure');
  return failure;
};

describe('errors of Google', () => {
  it('name the project, the zone, the call, the words and the reason', () => {
    expect(refusal(answer('invalid', "Invalid value for field 'x'.", 400), place).message).to.equal(
      "Compute Engine (project my-project, europe-west1-b) refuses instances.insert: Invalid value for field 'x' (invalid)",
    );
  });

  it('without an answer name the host', () => {
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const error = refusal(reset, place);
    expect(error.message).to.include('could not be asked for instances.insert at compute.googleapis.com: socket hang up');
    expect(plain(error.hint ?? '')).to.include('--google-endpoint');
  });

  it('hide secrets in the message, and in the stack', () => {
    const error = refusal(new Error('bad key -----BEGIN PRIVATE KEY----- or 1//refresh'), place);
    const { cause } = error as { cause?: Error };
    expect(`${error.message} ${cause?.message ?? ''} ${cause?.stack ?? ''}`).not.to.match(/BEGIN PRIVATE|1\/\/refresh/);
  });

  it('of a proxy on the way are told by its words', () => {
    expect(refusedCall(502, '<html><h1>Bad Gateway</h1>\n</html>')).to.include({ message: 'Bad Gateway', reason: 'HTTP 502' });
    expect(failureOf(refusedCall(502, ''))).to.equal('passing');
  });

  for (const [error, kind] of [
    [answer('rateLimitExceeded', 'Too fast', 403), 'busy'],
    [answer('x', 'Too many', 429), 'busy'],
    [answer('authError', 'Invalid Credentials', 401), 'expired'],
    [answer('backendError', 'Try again', 503), 'passing'],
    [answer('forbidden', 'No', 403), 'lasting'],
    [late('ZONE_RESOURCE_POOL_EXHAUSTED', 'No room'), 'lasting'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'passing'],
    [new Error('Could not load the default credentials'), 'lasting'],
  ] as const)
    it(`tells that ${error.message} (${error.name}) is ${kind}`, () => {
      expect(failureOf(error)).to.equal(kind);
    });

  it('knows after which nothing can have been made', () => {
    expect(isRefusal(refusal(answer('quotaExceeded', 'Quota', 403), place))).to.equal(true);
    expect(isRefusal(refusal(late('INTERNAL_ERROR', 'x'), place))).to.equal(true);
    expect(isRefusal(refusal(answer('backendError', 'x', 503), place))).to.equal(false);
    expect(isRefusal(new Error('hang up'))).to.equal(false);
  });

  it('throttling makes everybody wait', () => {
    expect(refusal(answer('rateLimitExceeded', 'Too fast', 403), place).code).to.equal('PROVIDER_BUSY');
  });

  it('have facts beside the words', () => {
    const failure = failureOfOperation({
      error: { errors: [{ code: 'X', message: 'm', errorDetails: [{}, { errorInfo: { metadatas: { zonesAvailable: 'a,b' } } }] }] },
    });
    expect(failure?.facts['zonesAvailable']).to.equal('a,b');
    expect(failureOfOperation({ status: 'DONE' })).to.equal(undefined);
  });

  it('is not found is told by the status too', () => {
    expect(isNotFound(refusal(answer('notFound', 'x', 404), place))).to.equal(true);
    expect(refusedOf(refusal(new Error('x'), place))).to.equal(undefined);
  });

  const info = (metadata: object) => ({ details: [{ '@type': 't', reason: 'SERVICE_DISABLED', metadata }] });
  const hinted: readonly (readonly [Error, RegExp])[] = [
    [answer('authError', 'Invalid Credentials', 401), /gcloud auth application-default login/],
    [
      answer('accessNotConfigured', 'Not used before', 403, info({ service: 'compute.googleapis.com' })),
      /^Enable it.*: gcloud services enable compute\.googleapis\.com --project my-project$/,
    ],
    [answer('forbidden', "Required 'compute.firewalls.create' permission for 'x'", 403), /permission compute\.firewalls\.create/],
    [
      answer('forbidden', "Required 'iam.serviceAccounts.actAs' permission for 'x'", 403),
      /Service Account User.*--google-service-account none/,
    ],
    [answer('quotaExceeded', "Quota 'CPUS' exceeded", 403), /iam-admin\/quotas\?project=my-project.*--google-machine-type/],
    [late('ZONE_RESOURCE_POOL_EXHAUSTED', 'No room'), /--google-machine-type and --google-zone can be repeated/],
    [answer('rateLimitExceeded', 'Too fast', 403), /--concurrency/],
    [new Error('Could not load the default credentials. Browse to x'), /gcloud auth application-default login/],
    [new Error('invalid_grant'), /were revoked/],
    [new Error('Unable to impersonate: x'), /--google-impersonate-service-account/],
    [Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), /--google-endpoint/],
    [new Error('wrong version number'), /--google-endpoint http:/],
  ];
  for (const [error, words] of hinted)
    it(`say what to do about ${error.message}`, () => {
      expect(plain(refusal(error, place).hint ?? '')).to.match(words);
    });
});
