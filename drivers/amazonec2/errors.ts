import { TsmachineError, errorText } from '../../src/base/errors.js';

/** Amazon's code of what it refused, such as `InvalidInstanceID.NotFound`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const cause: unknown = TsmachineError.is(error) ? error.cause : error;
  return cause instanceof Error && '$metadata' in cause ? cause.name : undefined;
}

/** Whether Amazon says that a thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return /\.(NotFound|Malformed)$|NotFound$/.test(codeOf(error) ?? '');
}

/** Codes of calls that came too fast (docs.aws.amazon.com/ec2: Request throttling for the Amazon EC2 API). */
const throttled = new Set(['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException']);

/** An error of the SDK as ours, with the call, Amazon's own words and the request's id. */
export function refusal(error: unknown, { action, region }: { readonly action: string; readonly region: string }): TsmachineError {
  const code = codeOf(error);
  const id = requestId(error);
  const text = `EC2 (${region}) refused ${action}: ${errorText(error)}${code === undefined ? '' : ` (${code})`}${id === undefined ? '' : `, request ${id}`}`;
  return new TsmachineError(code !== undefined && throttled.has(code) ? 'PROVIDER_BUSY' : 'DRIVER_FAILED', text, { cause: error });
}

function requestId(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  return typeof metadata === 'object' && metadata !== null && 'requestId' in metadata && typeof metadata.requestId === 'string'
    ? metadata.requestId
    : undefined;
}
