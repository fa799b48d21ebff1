import { TsmachineError } from '../../src/base/errors.js';
import { jsonOrNothing } from '../../src/base/json.js';
import type { DriverData, FlagValues } from '../../src/driver/contract.js';
import { ownOf } from '../../src/driver/kit/cloud/flags/own.js';
import { numberOf, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { Place } from './call/place.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const credentialsFlag = '--google-auth-encoded-json';

/**
 * Where the calls of a machine go, and as whom. The credentials that were given come first; then those that rancher-machine kept in
 * config.json; then the usual ones of Google's programs. Whoever it is, it may act as a service account: the one that was given, or that
 * the machine was made as.
 * @param secrets the flags that every command takes, as given or from the environment
 * @throws TsmachineError FLAG_INVALID for credentials that cannot be read
 */
export function placeOf(data: DriverData, secrets: FlagValues): Place {
  const own = ownOf(data);
  const given = textFlag(secrets, 'google-auth-encoded-json') || textOf(data, 'Auth');
  return {
    project: textOf(data, 'Project') || textFlag(secrets, 'google-project'),
    endpoint: textOf(own, 'endpoint') || textFlag(secrets, 'google-endpoint'),
    retries: Math.max(0, numberOf(own, 'retries', 5)),
    impersonated: textFlag(secrets, 'google-impersonate-service-account') || textOf(own, 'impersonated'),
    ...(given === '' ? {} : { credentials: credentialsFrom(given) }),
  };
}

/** In words for people, as whom calls for no machine in particular are made. */
export function wordsOf(secrets: FlagValues): string {
  const { credentials, impersonated, project } = placeOf({}, secrets);
  const who = credentials ? 'the credentials that were given' : "Google's application-default credentials";
  const as = impersonated === '' ? '' : ` as ${impersonated}`;
  return `${who}${as}${project === '' ? '' : `, in the project ${project}`}`;
}

/**
 * Credentials as JSON, or the same in base64.
 * @throws TsmachineError FLAG_INVALID, never with a part of them
 */
export function credentialsFrom(text: string): object {
  const plain = text.trim().startsWith('{') ? text : Buffer.from(text, 'base64').toString();
  const value = jsonOrNothing(plain);
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string') return value;
  throw new TsmachineError('FLAG_INVALID', `${credentialsFlag} must be the JSON of credentials, as it is or in base64`, {
    hint: `Such as: ${credentialsFlag} "$(base64 -w0 service-account.json)", or set GOOGLE_AUTH_ENCODED_JSON to the same`,
  });
}

/** What of credentials must not be shown. */
export function secretsOf(credentials: object | undefined): readonly string[] {
  if (!credentials) return [];
  const fields = ['private_key', 'private_key_id', 'refresh_token', 'client_secret'];
  return fields.flatMap((field) => {
    const value: unknown = Reflect.get(credentials, field);
    return typeof value === 'string' ? [value, JSON.stringify(value).slice(1, -1)] : [];
  });
}

/** What belongs to no machine that is known is looked for in one project. @throws TsmachineError FLAG_MISSING */
export function refuseNoProject(secrets: FlagValues): void {
  if (textFlag(secrets, 'google-project') !== '') return;
  throw new TsmachineError('FLAG_MISSING', 'It is not known in which project to look: give --google-project or set GOOGLE_PROJECT');
}
