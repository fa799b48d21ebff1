import { singular } from '../world/resource.js';

/** Refusals, in the JSON that Google answers: https://cloud.google.com/compute/docs/reference/rest/v1 and what users report. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** A program that is right never meets it: it fails the suite. */
  readonly violation: boolean;

  constructor(
    status: number,
    reason: string,
    message: string,
    more: {
      readonly domain?: string;
      readonly error?: object;
      readonly root?: object;
      readonly headers?: Readonly<Record<string, string>>;
      readonly violation?: boolean;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = more.headers ?? {};
    this.violation = more.violation ?? false;
    const errors = [{ message, domain: more.domain ?? 'global', reason, ...more.error }];
    this.body = { error: { code: status, message, errors, ...more.root } };
  }
}

/** @param what `projects/p/zones/z/instances/m` */
export function notFound(what: string): Refusal {
  return new Refusal(404, 'notFound', `The resource '${what}' was not found`);
}

export function alreadyExists(what: string): Refusal {
  return new Refusal(409, 'alreadyExists', `The resource '${what}' already exists`);
}

export function invalid(field: string, value: unknown, why: string): Refusal {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return new Refusal(400, 'invalid', `Invalid value for field '${field}': '${shown}'. ${why}`);
}

export function invalidUsage(message: string): Refusal {
  return new Refusal(400, 'invalidResourceUsage', `Invalid resource usage: '${message}'.`);
}

export function notReady(what: string): Refusal {
  return new Refusal(400, 'resourceNotReady', `The resource '${what}' is not ready`);
}

export function inUse(what: string, by: string): Refusal {
  const message = `The ${singular(what.split('/').at(-2) ?? '')} resource '${what}' is already being used by '${by}'`;
  return new Refusal(400, 'resourceInUseByAnotherResource', message);
}

export function staleFingerprint(field: string): Refusal {
  return new Refusal(
    412,
    'conditionNotMet',
    field === 'labels'
      ? 'Labels fingerprint either invalid or resource labels have changed'
      : `Supplied fingerprint does not match current ${field} fingerprint.`,
  );
}

export function quotaExceeded(metric: string, limit: number, place: string): Refusal {
  return new Refusal(403, 'quotaExceeded', `Quota '${metric}' exceeded.  Limit: ${limit.toFixed(1)} ${place}.`, { domain: 'usageLimits' });
}

export function forbidden(permission: string, what: string): Refusal {
  return new Refusal(403, 'forbidden', `Required '${permission}' permission for '${what}'`);
}

/** What a project is called whose API nobody enabled, and a project that is not there. */
export function notEnabled(number: string): Refusal {
  const url = `https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=${number}`;
  const state = `has not been used in project ${number} before or it is disabled`;
  const before = `Compute Engine API ${state}. Enable it by visiting ${url} then retry.`;
  const message = `${before} If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  const info = {
    service: 'compute.googleapis.com',
    consumer: `projects/${number}`,
    containerInfo: number,
    activationUrl: url,
    serviceTitle: 'Compute Engine API',
  };
  return new Refusal(403, 'accessNotConfigured', message, {
    domain: 'usageLimits',
    error: { extendedHelp: 'https://console.developers.google.com' },
    root: {
      status: 'PERMISSION_DENIED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata: info },
        { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ description: 'Google developers console API activation', url }] },
      ],
    },
  });
}

/** @param why as `ACCESS_TOKEN_EXPIRED` */
export function unauthenticated(why: string, method: string): Refusal {
  const expected = 'Expected OAuth 2 access token, login cookie or other valid authentication credential.';
  const page = 'https://developers.google.com/identity/sign-in/web/devconsole-project';
  const message = `Request had invalid authentication credentials. ${expected} See ${page}.`;
  const metadata = { method, service: 'compute.googleapis.com' };
  return new Refusal(401, 'authError', message, {
    error: { message: 'Invalid Credentials', location: 'Authorization', locationType: 'header' },
    root: {
      status: 'UNAUTHENTICATED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: why, domain: 'googleapis.com', metadata }],
    },
  });
}

/** @param seconds until the next try makes sense */
export function throttled(number: string, seconds: number): Refusal {
  const limit = "quota metric 'Queries' and limit 'Queries per minute' of service 'compute.googleapis.com'";
  const message = `Quota exceeded for ${limit} for consumer 'project_number:${number}'.`;
  const metadata = { service: 'compute.googleapis.com', quota_metric: 'compute.googleapis.com/default', consumer: `projects/${number}` };
  return new Refusal(403, 'rateLimitExceeded', message, {
    domain: 'usageLimits',
    headers: { 'retry-after': String(seconds) },
    root: {
      status: 'PERMISSION_DENIED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED', domain: 'googleapis.com', metadata }],
    },
  });
}

/** Of the kind that is tried again: 500 and 503. */
export function broken(status: number): Refusal {
  const [reason, message] =
    status === 503
      ? ['backendError', "Internal error. Please try again or contact Google Support. (Code: '6250000000000')"]
      : ['internalError', "Internal error. Please try again or contact Google Support. (Code: '6250000000001')"];
  return new Refusal(status, reason, message);
}

/** What the stand-in does not play: counted as a violation. */
export function notPlayed(what: string): Refusal {
  return new Refusal(501, 'notImplemented', `The stand-in for Google Compute Engine does not play ${what}`, { violation: true });
}
