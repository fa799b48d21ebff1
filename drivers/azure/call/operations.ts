import { TsmachineError } from '../../../src/base/errors.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { isOfEndpoint } from './clouds.js';
import { bodyOf, failureIn, fieldsOf, retryAfterOf, type Answer } from './refusal.js';

/** Milliseconds after which an operation is given up; Azure's own longest ones take less. */
const patience = 1_800_000;
/** Milliseconds between two looks at an operation, where Azure does not say. */
const [firstPause, longestPause] = [2000, 15_000];

export interface Following {
  readonly endpoint: string;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Asks for the operation as it is now. */
  readonly ask: (url: string) => Promise<Answer>;
}

/**
 * Where the operation is looked at that an answer began; undefined when it is done
 * (github.com/cloud-and-ai-microsoft/resource-provider-contract: async-api-reference.md).
 * @param url of the call
 */
export function operationOf(method: string, url: string, answer: Answer): string | undefined {
  const { status, headers } = answer;
  if (method === 'GET' || method === 'HEAD') return undefined;
  const operation = headers.get('azure-asyncoperation');
  if (operation !== undefined && (status === 200 || status === 201 || status === 202)) return operation;
  if (status === 202) return headers.get('location');
  // without an operation, a resource says itself when it is done
  return (method === 'PUT' || method === 'PATCH') && stateOf(answer) === 'going' ? url : undefined;
}

/**
 * Waits until an operation has ended, and looks no more often than Azure asks.
 * @param first the answer that began it, which says when to look; undefined: now
 * @throws ArmRefusal when it failed; TsmachineError WAIT_TIMEOUT, DRIVER_FAILED for an address that is none of Azure's
 */
export async function followed(url: string, first: Answer | undefined, { endpoint, pace, signal, ask }: Following): Promise<void> {
  if (!isOfEndpoint(url, endpoint))
    throw new TsmachineError('DRIVER_FAILED', `An operation of Azure is to be looked at on ${hostOf(url)}, which is not of ${endpoint}`);
  const end = pace.now() + patience;
  let pause = firstPause;
  for (let last = first; ;) {
    if (last !== undefined) {
      await pace.pause(retryAfterOf(last) ?? pause, signal);
      pause = Math.min(pause * 1.5, longestPause);
    }
    signal.throwIfAborted();
    const answer = await ask(url);
    const state = stateOf(answer);
    if (state === 'done') return;
    if (state !== 'going') throw failureIn(withError(answer), state);
    if (pace.now() >= end) throw new TsmachineError('WAIT_TIMEOUT', `Waited ${patience / 60_000} minutes for an operation of Azure to end`);
    last = answer;
  }
}

/** `going`, `done`, or the word for how it failed. */
function stateOf(answer: Answer): string {
  const body = bodyOf(answer);
  const word = body['status'] ?? fieldsOf(body['properties'])['provisioningState'];
  if (typeof word !== 'string') return answer.status === 202 ? 'going' : 'done';
  if (/^succeeded$/i.test(word)) return 'done';
  return /^(failed|cancell?ed)$/i.test(word) ? word : 'going';
}

/** A resource that failed may say why where operations do not. */
function withError(answer: Answer): Answer {
  const body = bodyOf(answer);
  if (body['error'] !== undefined) return answer;
  const { error } = fieldsOf(body['properties']);
  return error === undefined ? answer : { ...answer, headers: answer.headers, bodyAsText: JSON.stringify({ error }) };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is none';
}
