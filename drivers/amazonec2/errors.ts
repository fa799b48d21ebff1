import { TsmachineError, errorText } from '../../src/base/errors.js';
import { systemCodeOf } from '../../src/driver/kit/cloud/call/attempts.js';
import { masked, withoutSecrets } from '../../src/driver/kit/cloud/call/masking.js';
import { hintFor } from './call/hints.js';

/** Amazon's code of what it refused, such as `InvalidInstanceID.NotFound`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const cause: unknown = TsmachineError.is(error) ? error.cause : error;
  return cause instanceof Error && statusOf(cause) !== undefined ? cause.name : undefined;
}

/** The HTTP status of Amazon's answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  const status = metadataOf(error)?.['httpStatusCode'];
  return typeof status === 'number' ? status : undefined;
}

/** Whether Amazon says that a thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return /\.(NotFound|Malformed)$|NotFound$/.test(codeOf(error) ?? '');
}

/** Whether Amazon has no room for the instance here and now: another zone or type may have. */
export function isNoCapacity(error: unknown): boolean {
  return /^(Insufficient\w*Capacity\w*|SpotMaxPriceTooLow|MaxSpotInstanceCountExceeded|Unsupported)$/.test(codeOf(error) ?? '');
}

/** Codes of calls that came too fast (docs.aws.amazon.com/ec2: Request throttling for the Amazon EC2 API). */
const throttled = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestThrottled',
  'RequestThrottledException',
  'EC2ThrottledException',
]);

export function isThrottled(error: unknown): boolean {
  return throttled.has(codeOf(error) ?? '') || statusOf(error) === 429;
}

/** Codes for credentials that Amazon does not take, or no longer. */
const unknownIdentity = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
]);

export function isUnknownIdentity(error: unknown): boolean {
  return unknownIdentity.has(codeOf(error) ?? '');
}

/** Which call it was. */
export interface CallPlace {
  readonly action: string;
  readonly region: string;
  readonly profile: string;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

/** An error of the SDK as ours, with the call, Amazon's own words and code, the request's id, and what to do. */
export function refusal(error: unknown, place: CallPlace): TsmachineError {
  if (TsmachineError.is(error)) return error;
  if (error instanceof Error && /^Could not load credentials from any providers/.test(error.message)) return noCredentials(error, place);
  const code = codeOf(error);
  const id = requestId(error);
  const service = place.action === 'GetParameters' ? 'SSM' : 'EC2';
  const words = masked(wordsOf(error), place.secrets);
  const asked = `${service} in ${place.region}`;
  const text =
    code === undefined
      ? `${asked} could not be asked for ${place.action}: ${words}`
      : `${asked} refuses ${place.action}: ${words} (${code}${id === undefined ? '' : `, request ${id}`})`;
  return new TsmachineError(isThrottled(error) ? 'PROVIDER_BUSY' : 'DRIVER_FAILED', text, {
    cause: withoutSecrets(error, place.secrets),
    hint: hintFor(error, code, place),
  });
}

/** Docker Machine's words. */
function noCredentials(cause: Error, { profile }: CallPlace): TsmachineError {
  if (profile !== '') {
    return new TsmachineError(
      'DRIVER_FAILED',
      `There are no credentials of AWS in the profile ${profile} of ~/.aws/config, or no such profile`,
      {
        cause,
        hint: `Correct --amazonec2-profile, or log in with it: aws sso login --profile ${profile}`,
      },
    );
  }
  const ways = '--amazonec2-access-key and --amazonec2-secret-key options, environment variables, ~/.aws/credentials, or an instance role';
  return new TsmachineError('DRIVER_FAILED', `amazonec2 driver requires AWS credentials configured with the ${ways}`, {
    cause,
    hint:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials: aws configure\n' +
      'For a profile of ~/.aws/config, set AWS_PROFILE or give --amazonec2-profile; with SSO, log in first: aws sso login',
  });
}

/** Amazon's words. What only Amazon can decode is of no use in a message; it is in the hint. */
function wordsOf(error: unknown): string {
  const words = errorText(error).replace(/\s*Encoded authorization failure message: \S+/, '');
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const said = words.trim() || (first === undefined ? '' : errorText(first)) || systemCodeOf(error) || 'no reason given';
  return said.replace(/[.\s]+$/, '');
}

function requestId(error: unknown): string | undefined {
  const id = metadataOf(error)?.['requestId'];
  return typeof id === 'string' ? id : undefined;
}

function metadataOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  return typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : undefined;
}
