import { jsonOrNothing } from '../../../src/base/json.js';

/** What of an HTTP answer matters here: the SDK's own answers fit. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
  readonly bodyAsText?: string | null | undefined;
}

/** What Azure said no to, at once or at the end of an operation. */
export class ArmRefusal extends Error {
  /** @param status of HTTP; 0 for an operation that failed in the end */
  constructor(
    readonly status: number,
    readonly code: string,
    words: string,
    readonly details: {
      readonly requestId?: string | undefined;
      /** Milliseconds. */
      readonly retryAfter?: number | undefined;
      /** The words of `WWW-Authenticate`. */
      readonly challenge?: string | undefined;
    } = {},
  ) {
    super(words);
    this.name = code;
  }
}

/** What an answer of 400 and more says (learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors). */
export function refusalOf(answer: Answer): ArmRefusal {
  const { code, words } = errorIn(bodyOf(answer));
  return new ArmRefusal(answer.status, code || `HTTP ${answer.status}`, words || `HTTP status ${answer.status}`, {
    requestId: answer.headers.get('x-ms-request-id') ?? answer.headers.get('x-ms-correlation-request-id'),
    retryAfter: retryAfterOf(answer),
    challenge: answer.headers.get('www-authenticate'),
  });
}

/** How an operation failed in the end. */
export function failureIn(answer: Answer, status: string): ArmRefusal {
  const { code, words } = errorIn(bodyOf(answer));
  return new ArmRefusal(0, code || `Operation${status}`, words || `the operation ended with ${status}`, {
    requestId: answer.headers.get('x-ms-request-id'),
  });
}

export function bodyOf({ bodyAsText }: Pick<Answer, 'bodyAsText'>): Fields {
  return fieldsOf(bodyAsText === undefined || bodyAsText === null ? undefined : jsonOrNothing(bodyAsText));
}

export type Fields = Readonly<Record<string, unknown>>;

/** An object's fields; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Milliseconds that the provider asks to wait; undefined when it asks for none. */
export function retryAfterOf({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** The innermost code says most: a deployment or a batch wraps it into one of its own. */
function errorIn(body: Fields): { readonly code: string; readonly words: string } {
  const error = fieldsOf(body['error'] ?? (body['code'] === undefined ? undefined : body));
  const [first] = Array.isArray(error['details']) ? (error['details'] as unknown[]) : [];
  const inner = fieldsOf(first);
  const isWrapped = /^(DeploymentFailed|ResourceOperationFailure|MultipleErrorsOccurred)$/.test(wordOf(error['code']));
  const { code, message } = isWrapped && inner['code'] !== undefined ? inner : error;
  return { code: wordOf(code), words: wordOf(message).trim() };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
