import { isLost, repeated, type CallTimes, type Failure } from '../../../src/driver/kit/cloud/call/attempts.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import type { AccountContext } from '../../../src/driver/contract.js';
import { armRefusal, isThrottled, refused } from '../errors.js';
import { followed, operationOf } from './operations.js';
import type { Tokens } from './tokens.js';
import { ArmRefusal, bodyOf, fieldsOf, refusalOf, type Answer } from './refusal.js';

export type Caller = Pick<AccountContext, 'signal' | 'limit' | 'io' | 'ask'>;

/** Makes one request, or does something else in its place: for tests. */
export type Around = <T>(call: string, carryOut: () => Promise<T>) => Promise<T>;

/** Whose call is on its way through the SDK. */
export interface Call {
  readonly ctx: Caller;
  /** Fingerprint of subscription and credentials: its requests share a bound. */
  readonly account: string;
  readonly subscription: string;
  readonly location: string;
  readonly endpoint: string;
  readonly secrets: readonly string[];
  readonly retries: number;
  /** The right that it takes. */
  readonly right: string;
  readonly pace: Pace;
  readonly around: Around;
  /** Writes down where the operation that it begins is looked at. */
  readonly note?: ((operation: string) => Promise<void>) | undefined;
}

/** What the SDK sends. */
export interface Sent {
  readonly method: string;
  url: string;
  abortSignal?: unknown;
  readonly headers: { set(name: string, value: string): void };
}

const times = (method: string): CallTimes =>
  method === 'GET' ? { attempt: 20_000, total: 90_000, pause: 200 } : { attempt: 60_000, total: 150_000, pause: 200 };

/** Milliseconds of Retry-After that are waited for, after a refusal for too many calls. */
const longestQuiet = 120_000;

/**
 * One request, within the account's bound; what fails for a reason that passes is repeated. All of ours is idempotent: by names, or
 * because a state is asked for.
 * @param next lets it go out
 * @throws TsmachineError DRIVER_FAILED, PROVIDER_BUSY with an `ArmRefusal` as its cause
 */
export async function sent<R extends Answer>(call: Call, tokens: Tokens, request: Sent, next: () => Promise<R>): Promise<R> {
  const { ctx, account, around, pace } = call;
  const once = async (signal: AbortSignal): Promise<R> => {
    request.abortSignal = signal;
    request.headers.set('Authorization', await tokens.header(signal));
    const answer = await next();
    if (answer.status >= 400) throw refusalOf(answer);
    return answer;
  };
  const renew = () => {
    tokens.renew();
    return true;
  };
  const attempts = async (): Promise<R> => {
    try {
      const { signal } = ctx;
      return await repeated(once, { retries: call.retries, times: times(request.method), signal, failureOf, renew });
    } catch (error) {
      ctx.signal.throwIfAborted();
      const quiet = armRefusal(error)?.details.retryAfter ?? 0;
      if (isThrottled(armRefusal(error)) && quiet > 0) await pace.pause(Math.min(quiet, longestQuiet), ctx.signal);
      throw refused(error, call);
    }
  };
  return around(`${request.method} ${new URL(request.url).pathname}`, () => ctx.limit(account, attempts));
}

/** An answer that can be made a final one. */
interface Final extends Answer {
  status: number;
  bodyAsText?: string | null;
  readonly headers: Answer['headers'] & { delete(name: string): void };
}

/**
 * Waits for the operation that an answer began, after it was written down, and gives the SDK an answer that is final.
 * @param ask looks at an operation
 */
export async function finished<R extends Final>(call: Call, request: Sent, answer: R, ask: (url: string) => Promise<Answer>): Promise<R> {
  const url = operationOf(request.method, request.url, answer);
  if (url === undefined) {
    if (request.method === 'PUT' && answer.status === 201) answer.status = 200; // the SDK does not know it everywhere
    return answer;
  }
  await call.note?.(url);
  await wait(call, url, answer, ask);
  const body = bodyOf(answer);
  const isResource = body['properties'] !== undefined;
  answer.status = request.method === 'DELETE' ? 204 : 200;
  for (const name of ['azure-asyncoperation', 'location', 'operation-location', 'retry-after']) answer.headers.delete(name);
  if (isResource)
    answer.bodyAsText = JSON.stringify({ ...body, properties: { ...fieldsOf(body['properties']), provisioningState: 'Succeeded' } });
  return answer;
}

/** @param first the answer that began it @throws as `sent` when the operation failed */
export async function wait(call: Call, url: string, first: Answer | undefined, ask: (url: string) => Promise<Answer>): Promise<void> {
  const { endpoint, pace, ctx } = call;
  try {
    await followed(url, first, { endpoint, pace, signal: ctx.signal, ask });
  } catch (error) {
    throw error instanceof ArmRefusal ? refused(error, call) : error;
  }
}

/** Codes of Azure's own trouble, and of changes that get into each other's way. */
const passing = new Set(['RetryableError', 'InternalServerError', 'ServerTimeout', 'AnotherOperationInProgress', 'GatewayTimeout']);
const expired = new Set(['ExpiredAuthenticationToken', 'InvalidAuthenticationToken', 'InvalidAuthenticationTokenExpired']);

/** What kind of failure it is. Pure. */
export function failureOf(error: unknown): Failure {
  const refusal = armRefusal(error);
  if (!refusal) return isLost(error) ? 'passing' : 'lasting';
  if (isThrottled(refusal)) return 'busy';
  if (expired.has(refusal.code)) return 'expired';
  return refusal.status >= 500 || refusal.status === 408 || passing.has(refusal.code) ? 'passing' : 'lasting';
}
